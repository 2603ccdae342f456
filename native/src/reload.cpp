#include <cstring>
#include <unordered_map>

#include "pyforest/snapshot.h"

namespace pyforest {

namespace {

/// Carries the state of one program's nodes over to another's.
class Mover {
 public:
  Mover(const State& old, State& next, ReloadReport& report)
      : old_(old),
        next_(next),
        from_(old.program()),
        to_(next.program()),
        report_(report),
        new_of_(from_.size(), kNone),
        old_of_(to_.size(), kNone) {}

  void run() {
    match();
    for (std::uint32_t i = 0; i < to_.size();) i = carry(i);
    for (std::uint32_t i = 0; i < from_.size(); ++i) {
      const bool known = to_.find_node(from_.ids[i]) != kNone;
      if (!known) report_.removed.push_back(from_.ids[i]);
      const bool kept = new_of_[i] != kNone;
      if (!kept && old_.statuses()[i] == Status::kRunning && from_.nodes[i].end == i + 1 &&
          !is_forced(old_, i)) {
        report_.interrupted.push_back(i);
      }
    }
    if (next_.recording) {
      // The record tells what changes from here on; the move itself is an entry of its own.
      std::memcpy(next_.previous(), next_.statuses(), to_.size());
    }
  }

 private:
  void match() {
    for (std::uint32_t i = 0; i < to_.size(); ++i) {
      const std::uint32_t before = from_.find_node(to_.ids[i]);
      if (before == kNone || from_.nodes[before].kind != to_.nodes[i].kind) continue;
      if (from_.cell_counts[before] != to_.cell_counts[i]) continue;
      // A node keeps its state where it stands, not wherever it has moved.
      const std::uint32_t parent = to_.parent_of(i);
      const std::uint32_t parent_before = from_.parent_of(before);
      const bool same_place = parent == kNone
                                  ? parent_before == kNone
                                  : parent_before != kNone && old_of_[parent] == parent_before;
      if (!same_place) continue;
      old_of_[i] = before;
      new_of_[before] = i;
    }
  }

  /// Carry node `i`; returns the next node to look at (past the subtree when it starts anew).
  std::uint32_t carry(std::uint32_t i) {
    const std::uint32_t before = old_of_[i];
    // A node that an override left RUNNING has no memory of a run.
    if (before == kNone || is_forced(old_, before) || !translate_memory(before, i)) {
      for (std::uint32_t node = i; node < to_.nodes[i].end; ++node) {
        if (old_of_[node] != kNone) new_of_[old_of_[node]] = kNone;
        old_of_[node] = kNone;
        report_.reset.push_back(to_.ids[node]);
      }
      return to_.nodes[i].end;
    }
    next_.statuses()[i] = old_.statuses()[before];
    report_.kept.push_back(to_.ids[i]);
    report_.moved.emplace_back(before, i);
    return i + 1;
  }

  bool translate_memory(std::uint32_t before, std::uint32_t i) {
    const std::uint32_t count = to_.cell_counts[i];
    const std::int64_t* source = old_.memory() + from_.nodes[before].memory;
    std::int64_t* target = next_.memory() + to_.nodes[i].memory;
    std::memcpy(target, source, count * sizeof(std::int64_t));
    if (old_.statuses()[before] != Status::kRunning) return true;
    switch (to_.nodes[i].kind) {
      case NodeKind::kSequence:
      case NodeKind::kSelector:
        return translate_child(target[0]);
      case NodeKind::kIfThenElse:
        // A branch that now stands where the condition does cannot go on as a branch.
        return target[0] == 0 || (translate_child(target[0]) && target[0] != i + 1);
      case NodeKind::kUtilitySelector:
        return translate_child(target[0]) && translate_order(before, i, target);
      case NodeKind::kRandomSelector:
      case NodeKind::kRandomSequence:
        return translate_order(before, i, target);
      default:
        return true;
    }
  }

  bool translate_child(std::int64_t& child) const {
    const std::uint32_t after = new_of_[static_cast<std::size_t>(child)];
    child = after;
    return after != kNone;
  }

  bool translate_order(std::uint32_t before, std::uint32_t i, std::int64_t* cells) const {
    if (from_.nodes[before].children != to_.nodes[i].children) return false;
    for (std::uint32_t k = 0; k < to_.nodes[i].children; ++k) {
      if (!translate_child(cells[2 + k])) return false;
    }
    return true;
  }

  const State& old_;
  State& next_;
  const Program& from_;
  const Program& to_;
  ReloadReport& report_;
  std::vector<std::uint32_t> new_of_;
  std::vector<std::uint32_t> old_of_;
};

/// The hidden slots of a node, in the order in which its type has them.
std::int32_t hidden_slot_of(const Program& program, std::uint32_t index) {
  const Node& node = program.nodes[index];
  switch (node.kind) {
    case NodeKind::kForEach:
      return program.loops[node.config].items_slot;
    case NodeKind::kAction:
    case NodeKind::kExternal:
    case NodeKind::kHumanDecision:
      return program.outside[node.config].inputs_slot;
    default:
      return -1;
  }
}

void move_hidden(const State& old, State& next, const ReloadReport& report) {
  for (const auto& [before, after] : report.moved) {
    const std::int32_t from = hidden_slot_of(old.program(), before);
    const std::int32_t to = hidden_slot_of(next.program(), after);
    if (from >= 0 && to >= 0) next.slots()[to] = old.slots()[from].retained();
  }
}

void move_blackboard(const State& old, State& next, bool keep, ReloadReport& report) {
  const Program& from = old.program();
  for (std::size_t i = 0; i < from.slots.size(); ++i) {
    const Slot& slot = from.slots[i];
    if (!keep || slot.hidden) continue;
    const std::int32_t to = next.program().find_slot(slot.name);
    Value value = old.slots()[i].retained();
    if (to < 0) {
      if (!value.is_missing() && slot.name.find('/') == std::string::npos) {
        next.extras().unknown.emplace(slot.name, std::move(value));
      }
      continue;
    }
    const Slot& declared = next.program().slots[static_cast<std::size_t>(to)];
    std::string error;
    if (declared.checked && !conform(declared, value, error)) {
      report.lost_keys.emplace_back(slot.name, error);
      continue;
    }
    // A key the old program never set begins with the new program's default.
    if (value.is_missing() && !declared.initial.is_missing()) continue;
    next.slots()[to] = std::move(value);
  }
}

void move_extras(const State& old, State& next, bool keep, const ReloadReport& report,
                 ReloadReport& out) {
  const StateExtras* extras = old.extras_or_null();
  if (extras == nullptr) return;
  if (keep) {
    for (const auto& [name, value] : extras->unknown) {
      std::string error;
      if (!store_key(next, name, value.retained(), error)) out.lost_keys.emplace_back(name, error);
    }
  }
  for (const KeyedValue& staged : extras->staged) {
    KeyedValue moved = staged;
    if (staged.slot >= 0) {
      moved.name = old.program().slots[static_cast<std::size_t>(staged.slot)].name;
    }
    moved.slot = next.program().find_slot(moved.name);
    moved.value = staged.value.retained();
    next.extras().staged.push_back(std::move(moved));
  }
  for (const Answer& answer : extras->delivered) {
    for (const auto& [before, after] : report.moved) {
      if (before != answer.node) continue;
      Answer moved = answer;
      moved.node = after;
      for (KeyedValue& write : moved.writes) {
        if (write.slot >= 0) {
          write.name = old.program().slots[static_cast<std::size_t>(write.slot)].name;
        }
        write.slot = next.program().find_slot(write.name);
        write.value = write.value.retained();
      }
      next.extras().delivered.push_back(std::move(moved));
    }
  }
}

}  // namespace

std::unique_ptr<State> reload_state(const State& old, std::shared_ptr<const Program> next,
                                    bool keep_blackboard, ReloadReport& report) {
  auto state = std::make_unique<State>(std::move(next), old.seed, old.recording);
  state->ticks = old.ticks;
  state->now = old.now;
  state->has_time = old.has_time;
  Mover(old, *state, report).run();
  move_hidden(old, *state, report);
  move_blackboard(old, *state, keep_blackboard, report);
  move_extras(old, *state, keep_blackboard, report, report);
  state->root = state->statuses()[0];
  return state;
}

}  // namespace pyforest
