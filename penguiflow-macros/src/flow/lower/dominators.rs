//! Dominators, by the algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance
//! Algorithm", 2001).

/// The immediate dominator of each vertex. The root, and vertices that are not reached, are their
/// own.
pub(crate) fn dominators(root: usize, out: &[Vec<usize>], into: &[Vec<usize>]) -> Vec<usize> {
    let postorder = postorder(root, out);
    let mut number = vec![usize::MAX; out.len()];
    for (position, vertex) in postorder.iter().enumerate() {
        number[*vertex] = position;
    }
    let mut found: Vec<Option<usize>> = vec![None; out.len()];
    found[root] = Some(root);
    let mut has_changed = true;
    while has_changed {
        has_changed = false;
        for vertex in postorder.iter().rev().filter(|vertex| **vertex != root) {
            let known = into[*vertex]
                .iter()
                .filter(|before| found[**before].is_some());
            let common = known
                .copied()
                .reduce(|one, other| common(one, other, &found, &number));
            has_changed |= found[*vertex] != common;
            found[*vertex] = common;
        }
    }
    let found = found.into_iter().enumerate();
    found
        .map(|(vertex, found)| found.unwrap_or(vertex))
        .collect()
}

/// The nearest common dominator.
fn common(one: usize, other: usize, found: &[Option<usize>], number: &[usize]) -> usize {
    let (mut one, mut other) = (one, other);
    while one != other {
        match number[one] < number[other] {
            true => one = found[one].unwrap_or(other),
            false => other = found[other].unwrap_or(one),
        }
    }
    one
}

/// The vertices that are reached, each after its successors. No recursion: a flow may be long.
fn postorder(root: usize, out: &[Vec<usize>]) -> Vec<usize> {
    let mut seen = vec![false; out.len()];
    seen[root] = true;
    let mut order = Vec::new();
    let mut open = vec![(root, 0)];
    while let Some((vertex, next)) = open.last_mut() {
        let Some(to) = out[*vertex].get(*next) else {
            order.push(*vertex);
            open.pop();
            continue;
        };
        *next += 1;
        if !std::mem::replace(&mut seen[*to], true) {
            open.push((*to, 0));
        }
    }
    order
}

#[cfg(test)]
mod tests {
    use super::dominators;

    fn of(links: &[(usize, usize)], vertices: usize) -> Vec<usize> {
        let (mut out, mut into) = (vec![Vec::new(); vertices], vec![Vec::new(); vertices]);
        for (from, to) in links {
            out[*from].push(*to);
            into[*to].push(*from);
        }
        dominators(0, &out, &into)
    }

    #[test]
    fn a_node_that_two_ways_reach_is_dominated_where_they_part() {
        assert_eq!(
            of(&[(0, 1), (0, 2), (1, 3), (2, 3), (3, 4)], 5),
            [0, 0, 0, 0, 3]
        );
    }

    #[test]
    fn a_loop_is_dominated_by_its_head() {
        assert_eq!(of(&[(0, 1), (1, 2), (2, 1), (2, 3)], 4), [0, 0, 1, 2]);
    }

    #[test]
    fn loops_that_cross_are_dominated_from_before_both() {
        assert_eq!(of(&[(0, 1), (0, 2), (1, 2), (2, 1)], 3), [0, 0, 0]);
    }
}
