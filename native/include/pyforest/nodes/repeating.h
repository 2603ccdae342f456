#pragma once

#include <algorithm>
#include <cmath>

#include "pyforest/program.h"

namespace pyforest {

/// How long Retry waits after its `failures`-th failure, in nanoseconds.
inline std::int64_t retry_delay(const RetryConfig& config, std::int64_t failures, double u) {
  double delay = 0.0;
  if (config.backoff == RetryConfig::Backoff::kFixed) {
    delay = static_cast<double>(config.initial_delay);
  } else if (config.backoff == RetryConfig::Backoff::kExponential) {
    // 2^62 ns is 146 years: past it the cap has long decided.
    const auto doublings = static_cast<int>(std::min<std::int64_t>(failures - 1, 62));
    delay = std::ldexp(static_cast<double>(config.initial_delay), doublings);
  }
  delay = std::min(delay, static_cast<double>(config.max_delay));
  delay *= 1.0 + config.jitter * (2.0 * u - 1.0);
  // The spread may carry a long delay past what the clock can hold.
  return static_cast<std::int64_t>(std::min(delay, 9.2e18));
}

/// Retry: one attempt a tick until the child succeeds or has failed `num_failures` times.
///   child SUCCESS            -> SUCCESS
///   child FAILURE, some left -> RUNNING; the next attempt starts at the first tick after the delay
///   child FAILURE, none left -> FAILURE
///   child RUNNING            -> RUNNING;  SKIPPED -> SKIPPED
///   waiting for the delay    -> RUNNING, the child is not ticked
/// Delay after failure k: none 0, fixed d, exponential d * 2^(k-1), at most max_delay, then spread
/// by +-jitter from the node's own stream. Cells: failures, not before, draws.
/// Source: py_trees 2.6 Retry; docs/concepts/decorators.md
template <class Tick>
Status tick_retry(Tick& t, std::uint32_t index, const Node& node) {
  const RetryConfig& config = t.program().retries[node.config];
  std::int64_t* cells = t.memory(node);
  if (t.status(index) != Status::kRunning) {
    cells[0] = 0;
    cells[1] = INT64_MIN;
  }
  if (t.now() < cells[1]) return Status::kRunning;
  const Status answer = t.child(index + 1);
  if (answer != Status::kFailure) return answer;
  ++cells[0];
  if (config.failures >= 0 && cells[0] >= config.failures) return Status::kFailure;
  if (config.backoff != RetryConfig::Backoff::kNone) {
    const double u =
        config.jitter > 0.0 ? t.draw(index, static_cast<std::uint64_t>(cells[2]++)) : 0.5;
    t.deadline(index, {retry_delay(config, cells[0], u)}, cells[1]);
  }
  return Status::kRunning;
}

/// Repeat: one repetition a tick until the child has succeeded `num_success` times.
///   num_success 0  -> SUCCESS, the child is not ticked;  -1 -> for ever
///   child FAILURE  -> FAILURE;  child RUNNING -> RUNNING;  SKIPPED -> SKIPPED
///   child SUCCESS  -> SUCCESS when it was the last, else RUNNING
/// Source: py_trees 2.6 Repeat (where 0 repeats for ever); docs/concepts/decorators.md
template <class Tick>
Status tick_repeat(Tick& t, std::uint32_t index, const Node& node) {
  const std::int64_t wanted = t.program().timers[node.config].limit;
  std::int64_t& done = t.memory(node)[0];
  if (t.status(index) != Status::kRunning) done = 0;
  if (wanted == 0) return Status::kSuccess;
  const Status answer = t.child(index + 1);
  if (answer != Status::kSuccess) return answer;
  ++done;
  return wanted > 0 && done >= wanted ? Status::kSuccess : Status::kRunning;
}

/// ForEach: tick the child once for each item of an array, one item a tick.
///   no items          -> SUCCESS, the child is not ticked
///   child SUCCESS     -> RUNNING while items remain, SUCCESS after the last
///   child FAILURE     -> FAILURE;  child RUNNING -> RUNNING, same item;  SKIPPED counts as done
///   items no array    -> FAILURE with an error
/// The array is taken at the start; later writes to its key do not matter. Cells: position.
/// Source: py_trees 2.6 ForEach (which ticks once for no items and ends at None);
/// docs/concepts/decorators.md
template <class Tick>
Status tick_for_each(Tick& t, std::uint32_t index, const Node& node) {
  const ForEachConfig& config = t.program().loops[node.config];
  std::int64_t& position = t.memory(node)[0];
  if (t.status(index) != Status::kRunning) {
    position = 0;
    Value items;
    if (!t.evaluate(index, config.items, items)) return Status::kFailure;
    if (!items.is_array()) {
      t.fail(index, FailureKind::kType,
             "items must be an array, not " + describe(items) + " (" + type_name(items) + ")");
      return Status::kFailure;
    }
    t.store_hidden(config.items_slot, std::move(items));
  }
  // A copy keeps the array alive while the child runs.
  const Value items = t.slot(config.items_slot);
  const auto count = static_cast<std::int64_t>(items.as_array().size());
  if (position >= count) return Status::kSuccess;
  if (t.status(index + 1) != Status::kRunning) {
    if (!t.write(index, config.item_slot, items.as_array()[static_cast<std::size_t>(position)])) {
      return Status::kFailure;
    }
    if (config.index_slot >= 0 && !t.write(index, config.index_slot, Value::integer(position))) {
      return Status::kFailure;
    }
  }
  const Status answer = t.child(index + 1);
  if (answer == Status::kRunning || answer == Status::kFailure) return answer;
  ++position;
  return position < count ? Status::kRunning : Status::kSuccess;
}

}  // namespace pyforest
