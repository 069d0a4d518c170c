// let think: Model = model(); think
#[allow(unused_qualifications)]
impl<S> Line<S> for Flow
where
    S: Send + Sync + 'static,
    think: Call<S>,
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
            let out = take_input(input);
            let out = <think as Enters<In, In<think>>>::carry(out);
            let success = {
                let (mut kept, moved) = cursor.wrap::<think>(out);
                if cursor.is_quiet::<think>() {
                    let visit = pin!(
                        visit(&flow.think, &mut kept, moved, cursor.visit(state, 0)),
                    );
                    cursor.judge::<think, S>(0, guarded(visit).await)
                } else {
                    cursor.watch((0, &flow.think), &mut kept, moved, state).await
                }
            };
            let out = match unwrap::<think>(success?, cursor) {
                Direction::On(out) => out,
                Direction::Out(exit) => {
                    cursor.about(0);
                    let out = <think as Breaks<
                        Exit<think>,
                        BreakValue<think>,
                        Out,
                    >>::carry(exit);
                    return Ok(Some(out));
                }
                Direction::End => {
                    return Ok(None);
                }
            };
            cursor.about(0);
            let out = <think as Ends<Out<think>, Out>>::carry(out);
            return Ok(Some(out));
        }
    }
}
