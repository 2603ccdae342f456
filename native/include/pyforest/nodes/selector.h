/// Selector: tick the children in order until one succeeds or runs.
///   child SUCCESS -> SUCCESS;  child RUNNING -> RUNNING;  all FAILURE or none -> FAILURE
///   all SKIPPED   -> SKIPPED
///   no memory     -> start at the first child every tick (higher priorities are re-checked)
///   memory        -> resume at the child that ran; children before it are reset
///   when the child that wins is not the one of the tick before, every child after it is
///   interrupted or reset, after the winner ticked. A new start does not reset the children.
/// Source: py_trees 2.6 Selector; docs/concepts/composites.md
#pragma once

#include "pyforest/program.h"

namespace pyforest {

template <class Tick>
Status tick_selector(Tick& t, std::uint32_t index, const Node& node) {
  std::int64_t& current = t.memory(node)[0];
  const std::uint32_t first = index + 1;
  const bool resumes = t.status(index) == Status::kRunning;
  const std::uint32_t previous = resumes ? static_cast<std::uint32_t>(current) : first;
  std::uint32_t child = first;
  if (resumes && (node.flags & kMemoryFlag) != 0) {
    t.halt_range(first, previous);
    child = previous;
  }
  bool all_skipped = child == first && child < node.end;
  while (child < node.end) {
    const Status answer = t.child(child);
    if (answer == Status::kSuccess || answer == Status::kRunning) {
      current = child;
      if (child != previous) t.halt_range(t.node(child).end, node.end);
      return answer;
    }
    if (answer != Status::kSkipped) all_skipped = false;
    child = t.node(child).end;
  }
  return all_skipped ? Status::kSkipped : Status::kFailure;
}

}  // namespace pyforest
