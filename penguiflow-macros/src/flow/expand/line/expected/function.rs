// plan -> [web, wiki]; [web, wiki] -> pack
#[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
fn branch_from_pack<'t, S>(
    flow: &'t Flow,
    state: &'t S,
    mut own: Cursor<'t>,
    out: In<pack>,
    outputs: &'t Outputs<Out>,
    detached: DetachedBranches<'t>,
) -> DetachedBranch<'t>
where
    S: Send + Sync + 'static,
    plan: Call<S>,
    web: Call<S>,
    wiki: Call<S>,
    pack: Call<S>,
{
    Box::pin(async move {
        let cursor = &mut own;
        let success = {
            let (mut kept, moved) = cursor.wrap::<pack>(out);
            if cursor.is_quiet::<pack>() {
                let visit = pin!(
                    visit(
                        <pack as FunctionNode>::node(),
                        &mut kept,
                        moved,
                        cursor.visit(state, 3),
                    ),
                );
                cursor.judge::<pack, S>(3, guarded(visit).await)
            } else {
                cursor
                    .watch((3, <pack as FunctionNode>::node()), &mut kept, moved, state)
                    .await
            }
        };
        let out = match unwrap::<pack>(success?, cursor) {
            Direction::On(out) => out,
            Direction::Out(exit) => {
                cursor.about(3);
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
        cursor.about(3);
        let out = <pack as Ends<Out<pack>, Out>>::carry(out);
        outputs.put(cursor, out);
        return Ok(None);
    })
}
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    plan: Call<S>,
    web: Call<S>,
    wiki: Call<S>,
    pack: Call<S>,
{
    #[allow(unused_variables, unused_mut, unreachable_code, clippy::all)]
    fn line<'t>(
        &'t self,
        state: &'t S,
        cursor: &mut Cursor<'t>,
        input: &mut ::core::option::Option<<Self as Topology>::In>,
        outputs: &'t Outputs<<Self as Topology>::Out>,
    ) -> impl Future<Output = BranchResult<<Self as Topology>::Out>> + Send {
        let flow = self;
        async move {
            let detached = DetachedBranches::new();
            let ended = Clone::clone(&detached)
                .run::<
                    (),
                >(async move {
                    let out = take_input(input);
                    let ended: BranchResult<()> = {
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
                                outputs.put(cursor, out);
                                return Ok(None);
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        cursor.about(0);
                        let mut branch0 = {
                            let (mut own, out) = (
                                cursor.branch(0),
                                <plan as Broadcasts<Out<plan>>>::copy(&out),
                            );
                            let detached = Clone::clone(&detached);
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
                                        let out = <pack as Follows<
                                            web,
                                            Out<web>,
                                            In<pack>,
                                        >>::carry(out);
                                        cursor.follow();
                                        detached
                                            .push({
                                                branch_from_pack(
                                                    flow,
                                                    state,
                                                    cursor.copy(),
                                                    out,
                                                    outputs,
                                                    Clone::clone(&detached),
                                                )
                                            });
                                        return Ok(Some(()));
                                    };
                                    ended
                                }),
                            )
                        };
                        let mut branch1 = {
                            let (mut own, out) = (cursor.branch(1), out);
                            let detached = Clone::clone(&detached);
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
                                        let out = <pack as Follows<
                                            wiki,
                                            Out<wiki>,
                                            In<pack>,
                                        >>::carry(out);
                                        cursor.follow();
                                        detached
                                            .push({
                                                branch_from_pack(
                                                    flow,
                                                    state,
                                                    cursor.copy(),
                                                    out,
                                                    outputs,
                                                    Clone::clone(&detached),
                                                )
                                            });
                                        return Ok(Some(()));
                                    };
                                    ended
                                }),
                            )
                        };
                        join_branches(&mut [branch0.as_mut(), branch1.as_mut()]).await?;
                        return Ok(None);
                    };
                    ended
                });
            ended.await.map(|_| None)
        }
    }
}
