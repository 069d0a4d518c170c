// plan -> act -> plan
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    plan: Call<S>,
    act: Call<S>,
{
    #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
    fn line<'t>(
        &'t self,
        state: &'t S,
        cursor: &mut Cursor<'t>,
        input: &mut ::core::option::Option<<Self as Topology>::In>,
        outputs: &'t Outputs<<Self as Topology>::Out>,
    ) -> impl Future<Output = BranchResult<<Self as Topology>::Out>> + Send {
        async move {
            let out = take_input(input);
            let out = <plan as Enters<In, In<plan>>>::carry(out);
            let mut next_plan: In<plan> = out;
            'loop_plan: loop {
                let out = next_plan;
                let success = {
                    let (mut kept, moved) = cursor.wrap::<plan>(out);
                    if cursor.is_quiet::<plan>() {
                        let visit = pin!(
                            visit(
                                <plan as FunctionNode>::node(),
                                &mut kept,
                                moved,
                                cursor.visit(state, 0),
                            ),
                        );
                        cursor.judge::<plan, S>(0, guarded(visit).await)
                    } else {
                        cursor
                            .watch(
                                (0, <plan as FunctionNode>::node()),
                                &mut kept,
                                moved,
                                state,
                            )
                            .await
                    }
                };
                let out = match unwrap::<plan>(success?, cursor) {
                    Direction::On(out) => out,
                    Direction::Out(exit) => {
                        cursor.about(0);
                        let out = <plan as Breaks<
                            Exit<plan>,
                            BreakValue<plan>,
                            Out,
                        >>::carry(exit);
                        return Ok(Some(out));
                    }
                    Direction::End => {
                        return Ok(None);
                    }
                };
                let out = <act as Follows<plan, Out<plan>, In<act>>>::carry(out);
                cursor.follow();
                let success = {
                    let (mut kept, moved) = cursor.wrap::<act>(out);
                    if cursor.is_quiet::<act>() {
                        let visit = pin!(
                            visit(
                                <act as FunctionNode>::node(),
                                &mut kept,
                                moved,
                                cursor.visit(state, 1),
                            ),
                        );
                        cursor.judge::<act, S>(1, guarded(visit).await)
                    } else {
                        cursor
                            .watch(
                                (1, <act as FunctionNode>::node()),
                                &mut kept,
                                moved,
                                state,
                            )
                            .await
                    }
                };
                let out = match unwrap::<act>(success?, cursor) {
                    Direction::On(out) => out,
                    Direction::Out(exit) => {
                        cursor.about(1);
                        let out = <act as Breaks<
                            Exit<act>,
                            BreakValue<act>,
                            Out,
                        >>::carry(exit);
                        return Ok(Some(out));
                    }
                    Direction::End => {
                        return Ok(None);
                    }
                };
                let out = <plan as Follows<act, Out<act>, In<plan>>>::carry(out);
                cursor.go_round(1)?;
                if cursor
                    .has_visited(const {
                        <Flow as Topology>::GRAPH.visits_of(&[(0, 1)])
                    })
                {
                    cursor.let_others_run().await;
                }
                cursor.follow();
                next_plan = out;
                continue 'loop_plan;
            }
        }
    }
}
