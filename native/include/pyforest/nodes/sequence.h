/// Sequence: tick the children in order until one does not succeed.
///   memory, child RUNNING  -> RUNNING, resume at that child next tick
///   memory, child FAILURE  -> FAILURE
///   no memory              -> start at the first child every tick; when a child does not succeed,
///                             later children are interrupted after it
///   all SUCCESS or none    -> SUCCESS; all SKIPPED -> SKIPPED
///   a new start resets every child to INVALID first
/// Source: py_trees 2.6 Sequence; docs/concepts/composites.md
#pragma once

#include "pyforest/program.h"

namespace pyforest {

template <class Tick>
Status tick_sequence(Tick& t, std::uint32_t index, const Node& node) {
  const bool resumes = t.status(index) == Status::kRunning;
  if (!resumes) t.reset_children(index, node);
  std::int64_t& current = t.memory(node)[0];
  const bool memory = (node.flags & kMemoryFlag) != 0;
  std::uint32_t child = resumes && memory ? static_cast<std::uint32_t>(current) : index + 1;
  bool all_skipped = child == index + 1 && child < node.end;
  while (child < node.end) {
    const Status answer = t.child(child);
    if (answer != Status::kSuccess) {
      if (answer != Status::kSkipped) {
        // Without memory an earlier child may stop one that ran further right.
        if (!memory && resumes) t.halt_range(t.node(child).end, node.end);
        current = child;
        return answer;
      }
    } else {
      all_skipped = false;
    }
    child = t.node(child).end;
  }
  return all_skipped ? Status::kSkipped : Status::kSuccess;
}

/// ReactiveSequence: like Sequence without memory, but later children that have finished keep their
/// status: only the RUNNING one is interrupted.
///   child RUNNING -> RUNNING;  child FAILURE -> FAILURE;  after either the RUNNING one further
///   right is interrupted (further left none can run: they have just answered) all SUCCESS   ->
///   SUCCESS;  all SKIPPED   -> SKIPPED
/// Source: BehaviorTree.CPP 4.10 ReactiveSequence; docs/concepts/composites.md
template <class Tick>
Status tick_reactive(Tick& t, std::uint32_t index, const Node& node, Status goes_on) {
  if (t.status(index) != Status::kRunning) t.reset_children(index, node);
  bool all_skipped = node.children > 0;
  for (std::uint32_t child = index + 1; child < node.end; child = t.node(child).end) {
    const Status answer = t.child(child);
    if (answer == Status::kSkipped) continue;
    all_skipped = false;
    if (answer == goes_on) continue;
    t.halt_running_range(t.node(child).end, node.end);
    return answer;
  }
  return all_skipped ? Status::kSkipped : goes_on;
}

}  // namespace pyforest
