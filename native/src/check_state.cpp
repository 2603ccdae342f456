#include "pyforest/snapshot.h"

namespace pyforest {

namespace {

bool is_child(const Program& program, std::uint32_t node, std::int64_t index) {
  if (index <= node || index >= static_cast<std::int64_t>(program.nodes[node].end)) return false;
  std::uint32_t child = node + 1;
  while (child < index) child = program.nodes[child].end;
  return child == index;
}

bool remembers_children(const Program& program, std::uint32_t node, const std::int64_t* cells) {
  const Node& n = program.nodes[node];
  const auto count = static_cast<std::int64_t>(n.children);
  if (cells[1] < 0 || cells[1] > count) return false;
  std::vector<std::uint8_t> seen(n.end - node, 0);
  for (std::int64_t i = 0; i < count; ++i) {
    const std::int64_t child = cells[2 + i];
    if (!is_child(program, node, child)) return false;
    if (seen[static_cast<std::size_t>(child) - node]++ != 0) return false;
  }
  return true;
}

bool cells_fit(const State& state, std::uint32_t index) {
  const Program& program = state.program();
  const Node& node = program.nodes[index];
  const std::int64_t* cells = state.memory() + node.memory;
  const bool runs = state.statuses()[index] == Status::kRunning;
  switch (node.kind) {
    case NodeKind::kSequence:
    case NodeKind::kSelector:
      return !runs || is_child(program, index, cells[0]);
    case NodeKind::kIfThenElse:
      return !runs || cells[0] == 0 ||
             (cells[0] != index + 1 && is_child(program, index, cells[0]));
    case NodeKind::kRandomSelector:
    case NodeKind::kRandomSequence:
      return !runs || (remembers_children(program, index, cells) && cells[1] < node.children);
    case NodeKind::kUtilitySelector:
      return !runs ||
             (remembers_children(program, index, cells) && is_child(program, index, cells[0]));
    case NodeKind::kRateLimit:
    case NodeKind::kStatusQueue:
    case NodeKind::kRetry:
    case NodeKind::kRepeat:
      return cells[0] >= 0;
    case NodeKind::kOneShot:
      return cells[0] == 0 || cells[0] == static_cast<std::int64_t>(Status::kSuccess) ||
             cells[0] == static_cast<std::int64_t>(Status::kFailure);
    case NodeKind::kForEach:
      return !runs ||
             (cells[0] >= 0 && state.slots()[program.loops[node.config].items_slot].is_array());
    default:
      return true;
  }
}

}  // namespace

std::string check_state(const State& state) {
  const Program& program = state.program();
  const Status* statuses = state.statuses();
  for (std::uint32_t i = 0; i < program.size(); ++i) {
    const Node& node = program.nodes[i];
    if (statuses[i] != Status::kRunning) {
      for (std::uint32_t child = i + 1; child < node.end; child = program.nodes[child].end) {
        if (statuses[child] == Status::kRunning) {
          return "node `" + program.ids[child] + "` runs below one that does not";
        }
      }
    }
    if (!is_forced(state, i) && !cells_fit(state, i))
      return "the memory of node `" + program.ids[i] + "` does not fit";
  }
  for (std::size_t i = 0; i < program.slots.size(); ++i) {
    const Slot& slot = program.slots[i];
    Value value = state.slots()[i];
    std::string error;
    if (slot.checked && !conform(slot, value, error)) return error;
  }
  return {};
}

}  // namespace pyforest
