// plan -> [web, wiki, log]; [web, wiki] -> join -> pack; web -> count
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    plan: Call<S>,
    web: Call<S>,
    wiki: Call<S>,
    log: Call<S>,
    pack: Call<S>,
    count: Call<S>,
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
            let cell_join = JoinCell::new(2);
            let input_join_0 = cell_join.input::<input_type_join_0>(0);
            let value_join_0 = input_join_0.to_take();
            let input_join_1 = cell_join.input::<input_type_join_1>(1);
            let value_join_1 = input_join_1.to_take();
            let mut branch0 = {
                let (mut own, out) = (
                    cursor.branch(0),
                    <plan as Broadcasts<Out<plan>>>::copy(&out),
                );
                let input_join_0 = Clone::clone(&input_join_0);
                pin!(
                    Branch::of(async move {
                        let cursor = &mut own;
                        let ended: BranchResult<()> = {
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
                            cursor.about(1);
                            let mut branch0 = {
                                let (mut own, out) = (
                                    cursor.branch(0),
                                    <web as Broadcasts<Out<web>>>::copy(&out),
                                );
                                let input_join_0 = Clone::clone(&input_join_0);
                                pin!(
                                    Branch::of(async move {
                                        let cursor = &mut own;
                                        let ended: BranchResult<()> = {
                                            let out = <web as Meets<
                                                Out<web>,
                                                input_type_join_0,
                                            >>::carry(out);
                                            input_join_0.put(out, cursor);
                                            return Ok(Some(()));
                                        };
                                        ended
                                    }),
                                )
                            };
                            let mut branch1 = {
                                let (mut own, out) = (cursor.branch(1), out);
                                pin!(
                                    Branch::of(async move {
                                        let cursor = &mut own;
                                        let ended: BranchResult<()> = {
                                            let out = <count as Follows<
                                                web,
                                                Out<web>,
                                                In<count>,
                                            >>::carry(out);
                                            let success = {
                                                let (mut kept, moved) = cursor.wrap::<count>(out);
                                                if cursor.is_quiet::<count>() {
                                                    let visit = pin!(
                                                        visit(
                                                            <count as FunctionNode>::node(),
                                                            &mut kept,
                                                            moved,
                                                            cursor.visit(state, 6),
                                                        ),
                                                    );
                                                    cursor.judge::<count, S>(6, guarded(visit).await)
                                                } else {
                                                    cursor
                                                        .watch(
                                                            (6, <count as FunctionNode>::node()),
                                                            &mut kept,
                                                            moved,
                                                            state,
                                                        )
                                                        .await
                                                }
                                            };
                                            let out = match unwrap::<count>(success?, cursor) {
                                                Direction::On(out) => out,
                                                Direction::Out(exit) => {
                                                    cursor.about(6);
                                                    let out = <count as Breaks<
                                                        Exit<count>,
                                                        BreakValue<count>,
                                                        Out,
                                                    >>::carry(exit);
                                                    outputs.put(cursor, out);
                                                    return Ok(None);
                                                }
                                                Direction::End => {
                                                    return Ok(None);
                                                }
                                            };
                                            cursor.about(6);
                                            let out = <count as Ends<Out<count>, Out>>::carry(out);
                                            outputs.put(cursor, out);
                                            return Ok(None);
                                        };
                                        ended
                                    }),
                                )
                            };
                            join_branches(&mut [branch0.as_mut(), branch1.as_mut()])
                                .await?;
                            return Ok(None);
                        };
                        ended
                    }),
                )
            };
            let mut branch1 = {
                let (mut own, out) = (
                    cursor.branch(1),
                    <plan as Broadcasts<Out<plan>>>::copy(&out),
                );
                let input_join_1 = Clone::clone(&input_join_1);
                pin!(
                    Branch::of(async move {
                        let cursor = &mut own;
                        let ended: BranchResult<()> = {
                            let out = <wiki as Follows<
                                plan,
                                Out<plan>,
                                In<wiki>,
                            >>::carry(out);
                            let success = {
                                let (mut kept, moved) = cursor.wrap::<wiki>(out);
                                if cursor.is_quiet::<wiki>() {
                                    let visit = pin!(
                                        visit(
                                            <wiki as FunctionNode>::node(),
                                            &mut kept,
                                            moved,
                                            cursor.visit(state, 2),
                                        ),
                                    );
                                    cursor.judge::<wiki, S>(2, guarded(visit).await)
                                } else {
                                    cursor
                                        .watch(
                                            (2, <wiki as FunctionNode>::node()),
                                            &mut kept,
                                            moved,
                                            state,
                                        )
                                        .await
                                }
                            };
                            let out = match unwrap::<wiki>(success?, cursor) {
                                Direction::On(out) => out,
                                Direction::Out(exit) => {
                                    cursor.about(2);
                                    let out = <wiki as Breaks<
                                        Exit<wiki>,
                                        BreakValue<wiki>,
                                        Out,
                                    >>::carry(exit);
                                    outputs.put(cursor, out);
                                    return Ok(None);
                                }
                                Direction::End => {
                                    return Ok(None);
                                }
                            };
                            let out = <wiki as Meets<
                                Out<wiki>,
                                input_type_join_1,
                            >>::carry(out);
                            input_join_1.put(out, cursor);
                            return Ok(Some(()));
                        };
                        ended
                    }),
                )
            };
            let mut branch2 = {
                let (mut own, out) = (cursor.branch(2), out);
                pin!(
                    Branch::of(async move {
                        let cursor = &mut own;
                        let ended: BranchResult<()> = {
                            let out = <log as Follows<
                                plan,
                                Out<plan>,
                                In<log>,
                            >>::carry(out);
                            let success = {
                                let (mut kept, moved) = cursor.wrap::<log>(out);
                                if cursor.is_quiet::<log>() {
                                    let visit = pin!(
                                        visit(
                                            <log as FunctionNode>::node(),
                                            &mut kept,
                                            moved,
                                            cursor.visit(state, 3),
                                        ),
                                    );
                                    cursor.judge::<log, S>(3, guarded(visit).await)
                                } else {
                                    cursor
                                        .watch(
                                            (3, <log as FunctionNode>::node()),
                                            &mut kept,
                                            moved,
                                            state,
                                        )
                                        .await
                                }
                            };
                            let out = match unwrap::<log>(success?, cursor) {
                                Direction::On(out) => out,
                                Direction::Out(exit) => {
                                    cursor.about(3);
                                    let out = <log as Breaks<
                                        Exit<log>,
                                        BreakValue<log>,
                                        Out,
                                    >>::carry(exit);
                                    outputs.put(cursor, out);
                                    return Ok(None);
                                }
                                Direction::End => {
                                    return Ok(None);
                                }
                            };
                            cursor.about(3);
                            let out = <log as Ends<Out<log>, Out>>::carry(out);
                            outputs.put(cursor, out);
                            return Ok(None);
                        };
                        ended
                    }),
                )
            };
            let mut after_join = {
                let mut own = cursor.copy();
                pin!(
                    Branch::of(async move {
                        let cursor = &mut own;
                        if !cell_join
                            .complete(cursor, 0, &<Flow as Topology>::JOINS[0])
                            .await?
                        {
                            return Ok(None);
                        }
                        let (Some(value_join_0), Some(value_join_1)) = (
                            value_join_0.take(),
                            value_join_1.take(),
                        ) else {
                            return Ok(None);
                        };
                        let out = (value_join_0, value_join_1);
                        let ended: BranchResult<()> = {
                            let out = <pack as Follows<
                                join,
                                Out<join>,
                                In<pack>,
                            >>::carry(out);
                            cursor.follow();
                            let success = {
                                let (mut kept, moved) = cursor.wrap::<pack>(out);
                                if cursor.is_quiet::<pack>() {
                                    let visit = pin!(
                                        visit(
                                            <pack as FunctionNode>::node(),
                                            &mut kept,
                                            moved,
                                            cursor.visit(state, 5),
                                        ),
                                    );
                                    cursor.judge::<pack, S>(5, guarded(visit).await)
                                } else {
                                    cursor
                                        .watch(
                                            (5, <pack as FunctionNode>::node()),
                                            &mut kept,
                                            moved,
                                            state,
                                        )
                                        .await
                                }
                            };
                            let out = match unwrap::<pack>(success?, cursor) {
                                Direction::On(out) => out,
                                Direction::Out(exit) => {
                                    cursor.about(5);
                                    let out = <pack as Breaks<
                                        Exit<pack>,
                                        BreakValue<pack>,
                                        Out,
                                    >>::carry(exit);
                                    outputs.put(cursor, out);
                                    return Ok(None);
                                }
                                Direction::End => {
                                    return Ok(None);
                                }
                            };
                            cursor.about(5);
                            let out = <pack as Ends<Out<pack>, Out>>::carry(out);
                            outputs.put(cursor, out);
                            return Ok(None);
                        };
                        ended
                    }),
                )
            };
            drop(input_join_0);
            drop(input_join_1);
            join_branches(
                    &mut [
                        branch0.as_mut(),
                        branch1.as_mut(),
                        branch2.as_mut(),
                        after_join.as_mut(),
                    ],
                )
                .await?;
            return Ok(None);
        }
    }
}
