// search else cache -> pack
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    search: Call<S>,
    cache: Call<S>,
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
        async move {
            let out = take_input(input);
            let out = <search as Enters<In, In<search>>>::carry(out);
            let out: In<pack> = 'to_pack: {
                cursor.about(0);
                let copy = <search as FallsBack<
                    TakingOf<search>,
                    In<search>,
                >>::keep(&out);
                let (mut kept, moved) = cursor.wrap::<search>(out);
                let success = {
                    if cursor.is_quiet::<search>() {
                        let visit = pin!(
                            visit(
                                <search as FunctionNode>::node(),
                                &mut kept,
                                moved,
                                cursor.visit(state, 0),
                            ),
                        );
                        cursor.judge::<search, S>(0, guarded(visit).await)
                    } else {
                        cursor
                            .watch(
                                (0, <search as FunctionNode>::node()),
                                &mut kept,
                                moved,
                                state,
                            )
                            .await
                    }
                };
                match success {
                    Ok(success) => {
                        let out = match unwrap::<search>(success, cursor) {
                            Direction::On(out) => out,
                            Direction::Out(exit) => {
                                cursor.about(0);
                                let out = <search as Breaks<
                                    Exit<search>,
                                    BreakValue<search>,
                                    Out,
                                >>::carry(exit);
                                return Ok(Some(out));
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        let out = <pack as Follows<
                            search,
                            Out<search>,
                            In<pack>,
                        >>::carry(out);
                        cursor.follow();
                        break 'to_pack out;
                    }
                    Err(error) => {
                        let (input, error) = cursor
                            .fall_back(copy.or_else(|| keep::<search>(kept)), error)?;
                        cursor.follow();
                        let input = <search as TakesOver<
                            In<search>,
                            In<search>,
                        >>::give_back(input);
                        let out = <cache as TakesOver<
                            In<search>,
                            In<cache>,
                        >>::carry(input, error);
                        let success = {
                            let (mut kept, moved) = cursor.wrap::<cache>(out);
                            if cursor.is_quiet::<cache>() {
                                let visit = pin!(
                                    visit(
                                        <cache as FunctionNode>::node(),
                                        &mut kept,
                                        moved,
                                        cursor.visit(state, 1),
                                    ),
                                );
                                cursor.judge::<cache, S>(1, guarded(visit).await)
                            } else {
                                cursor
                                    .watch(
                                        (1, <cache as FunctionNode>::node()),
                                        &mut kept,
                                        moved,
                                        state,
                                    )
                                    .await
                            }
                        };
                        let out = match unwrap::<cache>(success?, cursor) {
                            Direction::On(out) => out,
                            Direction::Out(exit) => {
                                cursor.about(1);
                                let out = <cache as Breaks<
                                    Exit<cache>,
                                    BreakValue<cache>,
                                    Out,
                                >>::carry(exit);
                                return Ok(Some(out));
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        let out = <pack as Follows<
                            cache,
                            Out<cache>,
                            In<pack>,
                        >>::carry(out);
                        cursor.follow();
                        break 'to_pack out;
                    }
                }
            };
            let success = {
                let (mut kept, moved) = cursor.wrap::<pack>(out);
                if cursor.is_quiet::<pack>() {
                    let visit = pin!(
                        visit(
                            <pack as FunctionNode>::node(),
                            &mut kept,
                            moved,
                            cursor.visit(state, 2),
                        ),
                    );
                    cursor.judge::<pack, S>(2, guarded(visit).await)
                } else {
                    cursor
                        .watch(
                            (2, <pack as FunctionNode>::node()),
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
                    cursor.about(2);
                    let out = <pack as Breaks<
                        Exit<pack>,
                        BreakValue<pack>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            cursor.about(2);
            let out = <pack as Ends<Out<pack>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
