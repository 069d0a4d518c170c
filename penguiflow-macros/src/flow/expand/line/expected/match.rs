// sort -> match { Kind::Code(code) => code -> run, _ => read } -> answer
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    sort: Call<S>,
    code: Call<S>,
    run: Call<S>,
    read: Call<S>,
    answer: Call<S>,
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
            let out = <sort as Enters<In, In<sort>>>::carry(out);
            let out: In<answer> = 'to_answer: {
                let success = {
                    let (mut kept, moved) = cursor.wrap::<sort>(out);
                    if cursor.is_quiet::<sort>() {
                        let visit = pin!(
                            visit(
                                <sort as FunctionNode>::node(),
                                &mut kept,
                                moved,
                                cursor.visit(state, 0),
                            ),
                        );
                        cursor.judge::<sort, S>(0, guarded(visit).await)
                    } else {
                        cursor
                            .watch(
                                (0, <sort as FunctionNode>::node()),
                                &mut kept,
                                moved,
                                state,
                            )
                            .await
                    }
                };
                let out = match unwrap::<sort>(success?, cursor) {
                    Direction::On(out) => out,
                    Direction::Out(exit) => {
                        cursor.about(0);
                        let out = <sort as Breaks<
                            Exit<sort>,
                            BreakValue<sort>,
                            Out,
                        >>::carry(exit);
                        return Ok(Some(out));
                    }
                    Direction::End => {
                        return Ok(None);
                    }
                };
                cursor.about(0);
                let matched = out;
                match matched {
                    Kind::Code(_) => {
                        let out = matched;
                        let out = <code as Follows<
                            sort,
                            Out<sort>,
                            In<code>,
                        >>::carry(out);
                        cursor.follow();
                        let success = {
                            let (mut kept, moved) = cursor.wrap::<code>(out);
                            if cursor.is_quiet::<code>() {
                                let visit = pin!(
                                    visit(
                                        <code as FunctionNode>::node(),
                                        &mut kept,
                                        moved,
                                        cursor.visit(state, 1),
                                    ),
                                );
                                cursor.judge::<code, S>(1, guarded(visit).await)
                            } else {
                                cursor
                                    .watch(
                                        (1, <code as FunctionNode>::node()),
                                        &mut kept,
                                        moved,
                                        state,
                                    )
                                    .await
                            }
                        };
                        let out = match unwrap::<code>(success?, cursor) {
                            Direction::On(out) => out,
                            Direction::Out(exit) => {
                                cursor.about(1);
                                let out = <code as Breaks<
                                    Exit<code>,
                                    BreakValue<code>,
                                    Out,
                                >>::carry(exit);
                                return Ok(Some(out));
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        let out = <run as Follows<code, Out<code>, In<run>>>::carry(out);
                        cursor.follow();
                        let success = {
                            let (mut kept, moved) = cursor.wrap::<run>(out);
                            if cursor.is_quiet::<run>() {
                                let visit = pin!(
                                    visit(
                                        <run as FunctionNode>::node(),
                                        &mut kept,
                                        moved,
                                        cursor.visit(state, 2),
                                    ),
                                );
                                cursor.judge::<run, S>(2, guarded(visit).await)
                            } else {
                                cursor
                                    .watch(
                                        (2, <run as FunctionNode>::node()),
                                        &mut kept,
                                        moved,
                                        state,
                                    )
                                    .await
                            }
                        };
                        let out = match unwrap::<run>(success?, cursor) {
                            Direction::On(out) => out,
                            Direction::Out(exit) => {
                                cursor.about(2);
                                let out = <run as Breaks<
                                    Exit<run>,
                                    BreakValue<run>,
                                    Out,
                                >>::carry(exit);
                                return Ok(Some(out));
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        let out = <answer as Follows<
                            run,
                            Out<run>,
                            In<answer>,
                        >>::carry(out);
                        cursor.follow();
                        break 'to_answer out;
                    }
                    _ => {
                        let out = matched;
                        let out = <read as Follows<
                            sort,
                            Out<sort>,
                            In<read>,
                        >>::carry(out);
                        cursor.follow();
                        let success = {
                            let (mut kept, moved) = cursor.wrap::<read>(out);
                            if cursor.is_quiet::<read>() {
                                let visit = pin!(
                                    visit(
                                        <read as FunctionNode>::node(),
                                        &mut kept,
                                        moved,
                                        cursor.visit(state, 3),
                                    ),
                                );
                                cursor.judge::<read, S>(3, guarded(visit).await)
                            } else {
                                cursor
                                    .watch(
                                        (3, <read as FunctionNode>::node()),
                                        &mut kept,
                                        moved,
                                        state,
                                    )
                                    .await
                            }
                        };
                        let out = match unwrap::<read>(success?, cursor) {
                            Direction::On(out) => out,
                            Direction::Out(exit) => {
                                cursor.about(3);
                                let out = <read as Breaks<
                                    Exit<read>,
                                    BreakValue<read>,
                                    Out,
                                >>::carry(exit);
                                return Ok(Some(out));
                            }
                            Direction::End => {
                                return Ok(None);
                            }
                        };
                        let out = <answer as Follows<
                            read,
                            Out<read>,
                            In<answer>,
                        >>::carry(out);
                        cursor.follow();
                        break 'to_answer out;
                    }
                    #[allow(unreachable_patterns)]
                    _ if false => ::core::unreachable!(),
                }
            };
            let success = {
                let (mut kept, moved) = cursor.wrap::<answer>(out);
                if cursor.is_quiet::<answer>() {
                    let visit = pin!(
                        visit(
                            <answer as FunctionNode>::node(),
                            &mut kept,
                            moved,
                            cursor.visit(state, 4),
                        ),
                    );
                    cursor.judge::<answer, S>(4, guarded(visit).await)
                } else {
                    cursor
                        .watch(
                            (4, <answer as FunctionNode>::node()),
                            &mut kept,
                            moved,
                            state,
                        )
                        .await
                }
            };
            let out = match unwrap::<answer>(success?, cursor) {
                Direction::On(out) => out,
                Direction::Out(exit) => {
                    cursor.about(4);
                    let out = <answer as Breaks<
                        Exit<answer>,
                        BreakValue<answer>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            cursor.about(4);
            let out = <answer as Ends<Out<answer>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
