/// Parallel: tick all children in order, then decide, then interrupt those that still run.
///   failures >= failure_threshold         -> FAILURE (decided first)
///   enough successes, or all selected     -> SUCCESS
///   Threshold only, success out of reach  -> FAILURE
///   otherwise                             -> RUNNING;  no children -> SUCCESS
///   all SKIPPED                           -> SKIPPED
///   synchronise: a child that finished is not ticked again until the Parallel has finished
///   presets: SuccessOnAll (all, 1), SuccessOnOne (1, 1), SuccessOnSelected (those, 1)
/// Source: py_trees 2.6 Parallel, thresholds as BehaviorTree.CPP 4.10; docs/concepts/composites.md
#pragma once

#include "pyforest/program.h"

namespace pyforest {

template <class Tick>
Status tick_parallel(Tick& t, std::uint32_t index, const Node& node) {
  const ParallelConfig& config = t.program().parallels[node.config];
  if (t.status(index) != Status::kRunning) t.reset_children(index, node);
  if (node.children == 0) return Status::kSuccess;
  std::int64_t successes = 0;
  std::int64_t failures = 0;
  std::int64_t skipped = 0;
  for (std::uint32_t child = index + 1; child < node.end; child = t.node(child).end) {
    Status answer = t.status(child);
    if (!(config.synchronise && is_finished(answer))) answer = t.child(child);
    successes += answer == Status::kSuccess ? 1 : 0;
    failures += answer == Status::kFailure ? 1 : 0;
    skipped += answer == Status::kSkipped ? 1 : 0;
  }
  const auto total = static_cast<std::int64_t>(node.children);
  const std::int64_t allowed = config.failures < 0 ? total + 1 + config.failures : config.failures;
  // Counted from the end, "all" means all that chose to run.
  const std::int64_t needed =
      config.successes < 0 ? total - skipped + 1 + config.successes : config.successes;
  Status decision = Status::kRunning;
  if (failures >= allowed) {
    decision = Status::kFailure;
  } else if (skipped == total) {
    decision = Status::kSkipped;
  } else if (!config.selected.empty()) {
    bool all = true;
    for (std::uint32_t child : config.selected) {
      all = all && (t.status(child) == Status::kSuccess || t.status(child) == Status::kSkipped);
    }
    if (all) decision = Status::kSuccess;
  } else if (successes >= needed) {
    decision = Status::kSuccess;
  } else if (config.impossible_fails && total - skipped - failures < needed) {
    decision = Status::kFailure;
  }
  if (decision != Status::kRunning) t.halt_running_range(index + 1, node.end);
  return decision;
}

}  // namespace pyforest
