#include <algorithm>

#include "pyforest/program.h"

namespace pyforest {

namespace {

/// Collects the keys behind expressions.
class Keys {
 public:
  explicit Keys(const Program& program) : program_(program) {}

  void slot(std::int32_t index) {
    const Slot& slot = program_.slots[static_cast<std::size_t>(index)];
    if (!slot.hidden) names_.push_back(slot.name);
  }
  void expression(const Expression& compiled) {
    for (std::int32_t index : compiled.reads) slot(index);
  }
  void expression(std::uint32_t index) {
    if (index != kNone) expression(program_.expressions[index]);
  }
  std::vector<std::string> names() {
    std::sort(names_.begin(), names_.end());
    names_.erase(std::unique(names_.begin(), names_.end()), names_.end());
    return std::move(names_);
  }

 private:
  const Program& program_;
  std::vector<std::string> names_;
};

}  // namespace

std::vector<std::string> reads_of(const Program& program, std::uint32_t index) {
  const Node& node = program.nodes[index];
  Keys reads(program);
  switch (node.kind) {
    case NodeKind::kCondition:
    case NodeKind::kGuard:
    case NodeKind::kCheckBlackboardCondition:
    case NodeKind::kWaitForBlackboardCondition:
      reads.expression(node.config);
      break;
    case NodeKind::kSwitch:
      reads.expression(program.switches[node.config].expression);
      break;
    case NodeKind::kUtilitySelector:
      for (std::uint32_t score : program.choices[node.config].scores) reads.expression(score);
      break;
    case NodeKind::kTimeout:
    case NodeKind::kDelay:
    case NodeKind::kCooldown:
    case NodeKind::kRateLimit:
    case NodeKind::kWait:
      reads.expression(program.timers[node.config].duration.expression);
      break;
    case NodeKind::kForEach:
      reads.expression(program.loops[node.config].items);
      break;
    case NodeKind::kSetBlackboardVariable:
      reads.expression(program.writes[node.config].expression);
      break;
    case NodeKind::kScript:
      for (const Assignment& assignment : program.scripts[node.config]) {
        reads.expression(assignment.value);
      }
      break;
    case NodeKind::kLog:
      for (std::int32_t slot : program.logs[node.config].slots) reads.slot(slot);
      break;
    case NodeKind::kDecisionTable: {
      const TableConfig& table = program.tables[node.config];
      for (const auto& row : table.rows) {
        for (std::uint32_t condition : row.conditions) reads.expression(condition);
        for (const auto& output : row.outputs) reads.expression(output.expression);
      }
      for (const auto& output : table.fallback) reads.expression(output.expression);
      break;
    }
    case NodeKind::kAction:
    case NodeKind::kExternal:
    case NodeKind::kHumanDecision: {
      const OutsideConfig& outside = program.outside[node.config];
      for (const auto& argument : outside.arguments) reads.expression(argument.expression);
      if (outside.has_timeout) reads.expression(outside.timeout.expression);
      break;
    }
    default:
      break;
  }
  return reads.names();
}

std::vector<std::string> writes_of(const Program& program, std::uint32_t index) {
  const Node& node = program.nodes[index];
  Keys writes(program);
  auto slot = [&](std::int32_t at) {
    if (at >= 0) writes.slot(at);
  };
  switch (node.kind) {
    case NodeKind::kSetBlackboardVariable:
    case NodeKind::kUnsetBlackboardVariable:
    case NodeKind::kCount:
    case NodeKind::kStatusToBlackboard:
      slot(node.slot);
      break;
    case NodeKind::kForEach:
      slot(program.loops[node.config].item_slot);
      slot(program.loops[node.config].index_slot);
      break;
    case NodeKind::kScript:
      for (const Assignment& assignment : program.scripts[node.config]) slot(assignment.slot);
      break;
    case NodeKind::kDecisionTable: {
      const TableConfig& table = program.tables[node.config];
      for (const auto& row : table.rows) {
        for (const auto& output : row.outputs) slot(output.slot);
      }
      for (const auto& output : table.fallback) slot(output.slot);
      break;
    }
    case NodeKind::kAction:
    case NodeKind::kExternal:
    case NodeKind::kHumanDecision:
      for (const auto& output : program.outside[node.config].outputs) slot(output.slot);
      slot(program.outside[node.config].decision_slot);
      break;
    default:
      break;
  }
  return writes.names();
}

}  // namespace pyforest
