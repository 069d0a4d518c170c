// draft -> await Approval -> send
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    draft: Call<S>,
    send: Call<S>,
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
            let out = <draft as Enters<In, In<draft>>>::carry(out);
            let success = {
                let (mut kept, moved) = cursor.wrap::<draft>(out);
                if cursor.is_quiet::<draft>() {
                    let visit = pin!(
                        visit(
                            <draft as FunctionNode>::node(),
                            &mut kept,
                            moved,
                            cursor.visit(state, 0),
                        ),
                    );
                    cursor.judge::<draft, S>(0, guarded(visit).await)
                } else {
                    cursor
                        .watch(
                            (0, <draft as FunctionNode>::node()),
                            &mut kept,
                            moved,
                            state,
                        )
                        .await
                }
            };
            let out = match unwrap::<draft>(success?, cursor) {
                Direction::On(out) => out,
                Direction::Out(exit) => {
                    cursor.about(0);
                    let out = <draft as Breaks<
                        Exit<draft>,
                        BreakValue<draft>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            let out = <draft as Meets<Out<draft>, input_type_wait_0>>::carry(out);
            cursor.follow();
            let (out, given) = {
                let mut payload = ParkedPayload::new(out);
                let place = &<Flow as Topology>::AWAITS[0];
                let given = cursor
                    .park::<input_type_wait_0, awaited_wait>(1, place, &mut payload)
                    .await;
                (payload.into_inner(), given)
            };
            let given = given?;
            cursor.follow();
            let out = (out, given);
            let out = <send as Follows<
                Await<awaited_wait>,
                Out<wait>,
                In<send>,
            >>::carry(out);
            cursor.follow();
            let success = {
                let (mut kept, moved) = cursor.wrap::<send>(out);
                if cursor.is_quiet::<send>() {
                    let visit = pin!(
                        visit(
                            <send as FunctionNode>::node(),
                            &mut kept,
                            moved,
                            cursor.visit(state, 2),
                        ),
                    );
                    cursor.judge::<send, S>(2, guarded(visit).await)
                } else {
                    cursor
                        .watch(
                            (2, <send as FunctionNode>::node()),
                            &mut kept,
                            moved,
                            state,
                        )
                        .await
                }
            };
            let out = match unwrap::<send>(success?, cursor) {
                Direction::On(out) => out,
                Direction::Out(exit) => {
                    cursor.about(2);
                    let out = <send as Breaks<
                        Exit<send>,
                        BreakValue<send>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            cursor.about(2);
            let out = <send as Ends<Out<send>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
