//! Work on many documents at once, on as many threads as pay.

/// Documents that a further thread must have to be worth its start.
const MIN_PER_THREAD: usize = 256;
/// Most threads; beyond, memory is the limit.
const MAX_THREADS: usize = 8;

fn per_thread(n: usize) -> usize {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    n.div_ceil(cores.min(MAX_THREADS)).max(MIN_PER_THREAD)
}

/// The answers to stretches of `items`, in order.
pub(super) fn map<T: Sync, R: Send>(items: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    let size = per_thread(items.len());
    if items.len() <= size {
        return vec![work(items)];
    }
    std::thread::scope(|scope| {
        let work = &work;
        let running: Vec<_> = items.chunks(size).map(|chunk| scope.spawn(move || work(chunk))).collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    })
}

/// Fills `out`, `width` values for each item.
pub(super) fn fill<T: Sync>(items: &[T], out: &mut [f32], width: usize, work: impl Fn(&T, &mut [f32]) + Sync) {
    if width == 0 {
        return;
    }
    let size = per_thread(items.len());
    let work_on = |items: &[T], out: &mut [f32]| {
        items.iter().zip(out.chunks_exact_mut(width)).for_each(|(item, row)| work(item, row));
    };
    if items.len() <= size {
        return work_on(items, out);
    }
    std::thread::scope(|scope| {
        let work_on = &work_on;
        for (items, out) in items.chunks(size).zip(out.chunks_mut(size * width)) {
            scope.spawn(move || work_on(items, out));
        }
    });
}
