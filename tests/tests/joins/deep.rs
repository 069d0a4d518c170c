//! Branches and maps that stand deep in each other: the compiler looks into types only so deep.

use penguiflow::prelude::*;

#[node]
async fn list(n: u32) -> Vec<u32> {
    vec![n, n + 1]
}

#[node]
async fn sum(items: Vec<u32>) -> u32 {
    items.iter().sum()
}

#[node]
async fn same(n: u32) -> u32 {
    n
}

#[node]
async fn most((one, other): (Result<u32, NodeError>, Result<u32, NodeError>)) -> u32 {
    one.unwrap_or(0).max(other.unwrap_or(0))
}

#[node]
async fn pair((one, other): (u32, u32)) -> u32 {
    one.max(other)
}

use {list as list0, most as most0, same as fork0, same as other0, sum as sum0};
use {list as list1, most as most1, same as fork1, same as other1, sum as sum1};
use {list as list2, most as most2, same as fork2, same as other2, sum as sum2};
use {list as list3, most as most3, same as fork3, same as other3, sum as sum3};
use {list as list4, most as most4, same as fork4, same as other4, sum as sum4};
use {list as list5, most as most5, same as fork5, same as other5, sum as sum5};
use {list as list6, most as most6, same as fork6, same as other6, sum as sum6};
use {list as list7, most as most7, same as fork7, same as other7, sum as sum7};

flow! {
    struct Maps(u32) -> u32;

    list0 -> [fork0 -> [list1 -> [fork1 -> [list2 -> [fork2 -> [list3 -> [fork3 -> [list4 ->
    [fork4 -> [list5 -> [fork5 -> [list6 -> [fork6 -> [list7 -> [fork7 -> [same, other7] ->
    settle -> most7; 2] -> join -> sum7, other6] -> settle -> most6; 2] -> join -> sum6, other5]
    -> settle -> most5; 2] -> join -> sum5, other4] -> settle -> most4; 2] -> join -> sum4,
    other3] -> settle -> most3; 2] -> join -> sum3, other2] -> settle -> most2; 2] -> join ->
    sum2, other1] -> settle -> most1; 2] -> join -> sum1, other0] -> settle -> most0; 2] -> join
    -> sum0;
}

/// Each level has two items, the item itself and the next number.
#[tokio::test]
async fn maps_stand_in_forks_and_forks_in_maps() -> Result<(), FlowError> {
    fn of(n: u32, levels: u32) -> u32 {
        let most = |item: u32| item.max(of(item, levels - 1));
        match levels {
            0 => n,
            _ => most(n) + most(n + 1),
        }
    }
    assert_eq!(Maps::flow().run(1).await?, of(1, 8));
    Ok(())
}

use {pair as pair0, same as beside0, same as out0};
use {pair as pair1, same as beside1, same as out1};
use {pair as pair2, same as beside2, same as out2};
use {pair as pair3, same as beside3, same as out3};
use {pair as pair4, same as beside4, same as out4};
use {pair as pair5, same as beside5, same as out5};
use {pair as pair6, same as beside6, same as out6};
use {pair as pair7, same as beside7, same as out7};
use {pair as pair8, same as beside8, same as out8};
use {pair as pair9, same as beside9, same as out9};
use {pair as pair10, same as beside10, same as out10};
use {pair as pair11, same as beside11, same as out11};
use {pair as pair12, same as beside12, same as out12};
use {pair as pair13, same as beside13, same as out13};
use {pair as pair14, same as beside14, same as out14};
use {pair as pair15, same as beside15, same as out15};
use {pair as pair16, same as beside16, same as out16};
use {pair as pair17, same as beside17, same as out17};
use {pair as pair18, same as beside18, same as out18};
use {pair as pair19, same as beside19, same as out19};
use {pair as pair20, same as beside20, same as out20};
use {pair as pair21, same as beside21, same as out21};
use {pair as pair22, same as beside22, same as out22};
use {pair as pair23, same as beside23, same as out23};

flow! {
    struct Forks(u32) -> u32;

    out0 -> [out1 -> [out2 -> [out3 -> [out4 -> [out5 -> [out6 -> [out7 -> [out8 -> [out9 ->
    [out10 -> [out11 -> [out12 -> [out13 -> [out14 -> [out15 -> [out16 -> [out17 -> [out18 ->
    [out19 -> [out20 -> [out21 -> [out22 -> [out23 -> [same, beside23] -> join -> pair23,
    beside22] -> join -> pair22, beside21] -> join -> pair21, beside20] -> join -> pair20,
    beside19] -> join -> pair19, beside18] -> join -> pair18, beside17] -> join -> pair17,
    beside16] -> join -> pair16, beside15] -> join -> pair15, beside14] -> join -> pair14,
    beside13] -> join -> pair13, beside12] -> join -> pair12, beside11] -> join -> pair11,
    beside10] -> join -> pair10, beside9] -> join -> pair9, beside8] -> join -> pair8, beside7]
    -> join -> pair7, beside6] -> join -> pair6, beside5] -> join -> pair5, beside4] -> join ->
    pair4, beside3] -> join -> pair3, beside2] -> join -> pair2, beside1] -> join -> pair1,
    beside0] -> join -> pair0;
}

#[tokio::test]
async fn forks_stand_in_forks() -> Result<(), FlowError> {
    assert_eq!(Forks::flow().run(7).await?, 7);
    Ok(())
}
