#pragma once

#include <algorithm>
#include <cmath>

#include "pyforest/program.h"

namespace pyforest {

/// Put the children of a random node into the order in which they will be tried.
///
/// Efraimidis & Spirakis (2006): sorting by u^(1/w), u uniform, draws without replacement with
/// probability proportional to the weights; log(u)/w is the same order without underflow.
template <class Tick>
void draw_order(Tick& t, std::uint32_t index, const ChoiceConfig& config, std::int64_t* cells) {
  const std::size_t count = config.children.size();
  auto& keys = t.keys();
  keys.clear();
  for (std::size_t i = 0; i < count; ++i) {
    const double u = t.draw(index, static_cast<std::uint64_t>(cells[0]++));
    const double weight = config.weights.empty() ? 1.0 : config.weights[i];
    // A weight of zero is tried last; u = 0 would give -infinity too, hence 1 - u in (0, 1].
    const double key = weight > 0.0 ? std::log(1.0 - u) / weight : -HUGE_VAL;
    keys.emplace_back(key, config.children[i]);
  }
  std::stable_sort(keys.begin(), keys.end(),
                   [](const auto& a, const auto& b) { return a.first > b.first; });
  for (std::size_t i = 0; i < count; ++i) cells[2 + i] = keys[i].second;
}

/// RandomSelector and RandomSequence: a Selector or Sequence with memory over the children in an
/// order drawn anew at each start, by weight where weights are given.
///   RandomSelector: child SUCCESS -> SUCCESS, RUNNING -> RUNNING, all FAILURE or none -> FAILURE
///   RandomSequence: child FAILURE -> FAILURE, RUNNING -> RUNNING, all SUCCESS or none -> SUCCESS
///   all SKIPPED -> SKIPPED. The draws come from the node's own stream (seed, node, count).
/// Cells: draws made, position, order. docs/concepts/composites.md
template <class Tick>
Status tick_random(Tick& t, std::uint32_t index, const Node& node, Status goes_on) {
  const ChoiceConfig& config = t.program().choices[node.config];
  std::int64_t* cells = t.memory(node);
  if (t.status(index) != Status::kRunning) {
    t.reset_children(index, node);
    draw_order(t, index, config, cells);
    cells[1] = 0;
  }
  const auto count = static_cast<std::int64_t>(config.children.size());
  bool all_skipped = cells[1] == 0 && count > 0;
  while (cells[1] < count) {
    const Status answer = t.child(static_cast<std::uint32_t>(cells[2 + cells[1]]));
    if (answer != Status::kSkipped) all_skipped = false;
    if (answer != goes_on && answer != Status::kSkipped) return answer;
    ++cells[1];
  }
  return all_skipped ? Status::kSkipped : goes_on;
}

/// UtilitySelector: a Selector whose children are tried by falling score, ties in order.
///   no memory -> scores are computed every tick; a better child takes over, the one that ran is
///                interrupted after the winner ticked
///   memory    -> scores are computed at the start only
///   a score that cannot be computed or is no number -> FAILURE with an error
/// Cells: child that ran, position (memory), order (memory). docs/concepts/composites.md
template <class Tick>
Status tick_utility(Tick& t, std::uint32_t index, const Node& node) {
  const ChoiceConfig& config = t.program().choices[node.config];
  std::int64_t* cells = t.memory(node);
  const bool memory = (node.flags & kMemoryFlag) != 0;
  const bool resumes = t.status(index) == Status::kRunning;
  const auto count = static_cast<std::int64_t>(config.children.size());
  if (!resumes) t.reset_children(index, node);
  if (!resumes || !memory) {
    auto& keys = t.keys();
    keys.clear();
    for (std::size_t i = 0; i < config.children.size(); ++i) {
      Value score;
      if (!t.evaluate(index, config.scores[i], score)) {
        t.halt_range(index + 1, node.end);
        return Status::kFailure;
      }
      if (!score.is_number()) {
        t.fail(index, FailureKind::kType,
               "the score " + describe(score) + " is no number but a " + type_name(score));
        t.halt_range(index + 1, node.end);
        return Status::kFailure;
      }
      keys.emplace_back(score.as_double(), config.children[i]);
    }
    std::stable_sort(keys.begin(), keys.end(),
                     [](const auto& a, const auto& b) { return a.first > b.first; });
    for (std::int64_t i = 0; i < count; ++i) {
      cells[2 + i] = keys[static_cast<std::size_t>(i)].second;
    }
    cells[1] = 0;
  }
  bool all_skipped = cells[1] == 0 && count > 0;
  const auto ran = resumes ? static_cast<std::uint32_t>(cells[0]) : kNone;
  while (cells[1] < count) {
    const auto child = static_cast<std::uint32_t>(cells[2 + cells[1]]);
    const Status answer = t.child(child);
    if (answer == Status::kSuccess || answer == Status::kRunning) {
      if (ran != kNone && ran != child && t.status(ran) == Status::kRunning) t.halt(ran);
      cells[0] = child;
      return answer;
    }
    if (answer != Status::kSkipped) all_skipped = false;
    ++cells[1];
  }
  return all_skipped ? Status::kSkipped : Status::kFailure;
}

}  // namespace pyforest
