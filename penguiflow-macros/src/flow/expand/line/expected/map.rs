// list -> [fetch; 8] -> join
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    list: Call<S>,
    fetch: Call<S>,
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
            let out = <list as Enters<In, In<list>>>::carry(out);
            let success = {
                let (mut kept, moved) = cursor.wrap::<list>(out);
                if cursor.is_quiet::<list>() {
                    let visit = pin!(
                        visit(
                            <list as FunctionNode>::node(),
                            &mut kept,
                            moved,
                            cursor.visit(state, 0),
                        ),
                    );
                    cursor.judge::<list, S>(0, guarded(visit).await)
                } else {
                    cursor
                        .watch(
                            (0, <list as FunctionNode>::node()),
                            &mut kept,
                            moved,
                            state,
                        )
                        .await
                }
            };
            let out = match unwrap::<list>(success?, cursor) {
                Direction::On(out) => out,
                Direction::Out(exit) => {
                    cursor.about(0);
                    let out = <list as Breaks<
                        Exit<list>,
                        BreakValue<list>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            cursor.about(0);
            let out = <fetch as TakesItems<list, Out<list>, In<fetch>>>::items(out);
            cursor.follow();
            let Some(out) = join_items(
                    &mut *cursor,
                    (
                        0,
                        &<Flow as Topology>::JOINS[0],
                        false,
                        const { <Flow as Topology>::GRAPH.visits_of(&[(2, 2)]) },
                    ),
                    out,
                    |mut own: Cursor<'t>, out: In<map>| {
                        async move {
                            let cursor = &mut own;
                            let out = {
                                cursor.follow();
                                let success = {
                                    let (mut kept, moved) = cursor.wrap::<fetch>(out);
                                    if cursor.is_quiet::<fetch>() {
                                        let visit = pin!(
                                            visit(
                                                <fetch as FunctionNode>::node(),
                                                &mut kept,
                                                moved,
                                                cursor.visit(state, 2),
                                            ),
                                        );
                                        cursor.judge::<fetch, S>(2, guarded(visit).await)
                                    } else {
                                        cursor
                                            .watch(
                                                (2, <fetch as FunctionNode>::node()),
                                                &mut kept,
                                                moved,
                                                state,
                                            )
                                            .await
                                    }
                                };
                                let out = match unwrap::<fetch>(success?, cursor) {
                                    Direction::On(out) => out,
                                    Direction::Out(exit) => {
                                        cursor.about(2);
                                        let out = <fetch as Breaks<
                                            Exit<fetch>,
                                            BreakValue<fetch>,
                                            Out,
                                        >>::carry(exit);
                                        outputs.put(cursor, out);
                                        return Ok(None);
                                    }
                                    Direction::End => {
                                        return Ok(None);
                                    }
                                };
                                let out = <fetch as Meets<
                                    Out<fetch>,
                                    input_type_join_0,
                                >>::carry(out);
                                out
                            };
                            Ok(Some((out, own.arrive())))
                        }
                    },
                )
                .await? else {
                return Ok(None);
            };
            cursor.about(3);
            let out = <join as Ends<Out<join>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
