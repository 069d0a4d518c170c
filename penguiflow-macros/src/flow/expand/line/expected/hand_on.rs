// plan -> [web, _] -> join
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    plan: Call<S>,
    web: Call<S>,
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
            cursor.about(0);
            let mut cursor0 = cursor.branch(0);
            let mut cursor1 = cursor.branch(1);
            let joined = {
                let mut branch0 = {
                    let (cursor, out) = (
                        &mut cursor0,
                        <plan as HandsOn<Out<plan>>>::copy(&out),
                    );
                    pin!(
                        Branch::of(async move {
                            let out = {
                                let out = <web as Follows<
                                    plan,
                                    Out<plan>,
                                    In<web>,
                                >>::carry(out);
                                let success = {
                                    let (mut kept, moved) = cursor.wrap::<web>(out);
                                    if cursor.is_quiet::<web>() {
                                        let visit = pin!(
                                            visit(
                                                <web as FunctionNode>::node(),
                                                &mut kept,
                                                moved,
                                                cursor.visit(state, 1),
                                            ),
                                        );
                                        cursor.judge::<web, S>(1, guarded(visit).await)
                                    } else {
                                        cursor
                                            .watch(
                                                (1, <web as FunctionNode>::node()),
                                                &mut kept,
                                                moved,
                                                state,
                                            )
                                            .await
                                    }
                                };
                                let out = match unwrap::<web>(success?, cursor) {
                                    Direction::On(out) => out,
                                    Direction::Out(exit) => {
                                        cursor.about(1);
                                        let out = <web as Breaks<
                                            Exit<web>,
                                            BreakValue<web>,
                                            Out,
                                        >>::carry(exit);
                                        outputs.put(cursor, out);
                                        return Ok(None);
                                    }
                                    Direction::End => {
                                        return Ok(None);
                                    }
                                };
                                let out = <web as Meets<
                                    Out<web>,
                                    input_type_join_0,
                                >>::carry(out);
                                out
                            };
                            Ok(Some(out))
                        }),
                    )
                };
                let mut branch1 = {
                    let (cursor, out) = (&mut cursor1, out);
                    pin!(
                        Branch::of(async move {
                            let out = {
                                let out = <plan as Meets<
                                    Out<plan>,
                                    input_type_join_1,
                                >>::carry(out);
                                out
                            };
                            Ok(Some(out))
                        }),
                    )
                };
                join_branches(&mut [branch0.as_mut(), branch1.as_mut()]).await?;
                (BranchTo::take(branch0.as_mut()), BranchTo::take(branch1.as_mut()))
            };
            let out = match joined {
                (Some(value0), Some(value1)) => (value0, value1),
                (None, None) => {
                    return Ok(None);
                }
                (value0, value1) => {
                    return Err(
                        cursor
                            .unjoined(
                                &<Flow as Topology>::JOINS[0],
                                &[value0.is_some(), value1.is_some()],
                            ),
                    );
                }
            };
            cursor.merge(0, &mut [&mut cursor0, &mut cursor1]);
            cursor.about(2);
            let out = <join as Ends<Out<join>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
