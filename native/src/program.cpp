#include "pyforest/program.h"

#include <mutex>

#include "build.h"

namespace pyforest {

struct ProgramLocks {
  std::once_flag ids;
  std::once_flag parents;
};

Program::Program() : locks_(std::make_unique<ProgramLocks>()) {}
Program::~Program() = default;

std::shared_ptr<const Program> Program::build(const std::vector<NodeSpec>& specs,
                                              std::vector<Scope> scopes, std::vector<Slot> declared,
                                              const ProgramOptions& options) {
  auto program = std::make_shared<Program>();
  program->options = options;
  program->scopes = std::move(scopes);
  program->slots = std::move(declared);
  for (std::size_t i = 0; i < program->slots.size(); ++i) {
    Slot& slot = program->slots[i];
    slot.declared = true;
    slot.checked =
        slot.type != SlotType::kAny || slot.minimum || slot.maximum || !slot.choices.empty();
    program->slot_by_name.emplace(slot.name, static_cast<std::int32_t>(i));
  }
  Builder(*program, specs).run();
  return program;
}

std::int32_t Program::find_slot(std::string_view name) const {
  const auto it = slot_by_name.find(std::string(name));
  return it == slot_by_name.end() ? -1 : it->second;
}

std::string scoped_key(const std::vector<Scope>& scopes, std::uint32_t scope, std::string_view name,
                       const Value** initial) {
  std::string key(name);
  auto at = static_cast<std::int32_t>(scope);
  while (at > 0) {
    const Scope& here = scopes[static_cast<std::size_t>(at)];
    const auto constant = here.constants.find(key);
    const auto wire = here.wires.find(key);
    if (constant != here.constants.end()) {
      if (initial != nullptr) *initial = &constant->second;
      return here.prefix + "/" + key;
    }
    if (wire != here.wires.end()) {
      key = wire->second;
    } else if (!here.shares_all) {
      return here.prefix + "/" + key;
    }
    at = here.parent;
  }
  return key;
}

std::int32_t Program::find_slot_in(std::uint32_t scope, std::string_view name) const {
  return find_slot(scoped_key(scopes, scope, name, nullptr));
}

std::string Program::outer_name(std::uint32_t scope, std::string_view name) const {
  return scoped_key(scopes, scope, name, nullptr);
}

std::string Program::inner_name(std::uint32_t scope, std::string_view key) const {
  std::vector<std::uint32_t> way_in;
  for (auto at = static_cast<std::int32_t>(scope); at > 0;
       at = scopes[static_cast<std::size_t>(at)].parent) {
    way_in.push_back(static_cast<std::uint32_t>(at));
  }
  std::string name(key);
  for (auto at = way_in.rbegin(); at != way_in.rend(); ++at) {
    const Scope& here = scopes[*at];
    if (here.shares_all) continue;
    if (name.starts_with(here.prefix + "/")) {
      name = name.substr(here.prefix.size() + 1);
      continue;
    }
    for (const auto& [inner, outer] : here.wires) {
      if (outer == name) {
        name = inner;
        break;
      }
    }
  }
  return name;
}

std::uint32_t Program::find_node(std::string_view id) const {
  std::call_once(locks_->ids, [this] {
    node_by_id_.reserve(ids.size());
    for (std::uint32_t i = 0; i < ids.size(); ++i) node_by_id_.emplace(ids[i], i);
  });
  const auto it = node_by_id_.find(id);
  return it == node_by_id_.end() ? kNone : it->second;
}

std::uint32_t Program::parent_of(std::uint32_t node) const {
  std::call_once(locks_->parents, [this] {
    parents_.assign(nodes.size(), kNone);
    for (std::uint32_t i = 0; i < nodes.size(); ++i) {
      for (std::uint32_t child = i + 1; child < nodes[i].end; child = nodes[child].end) {
        parents_[child] = i;
      }
    }
  });
  return parents_[node];
}

namespace {

bool has_type(const Slot& slot, Value& value) {
  switch (slot.type) {
    case SlotType::kAny:
      return true;
    case SlotType::kInt:
      return value.is_int();
    case SlotType::kFloat:
      // An int32-sized whole number is a float to people; beyond 2^53 it would change its value.
      if (value.is_int() && value.as_int() <= (1LL << 53) && value.as_int() >= -(1LL << 53)) {
        value = Value::number(static_cast<double>(value.as_int()));
      }
      return value.is_float();
    case SlotType::kString:
      return value.is_string();
    case SlotType::kBool:
      return value.is_bool();
    case SlotType::kArray:
      return value.is_array();
    case SlotType::kObject:
      return value.is_object();
  }
  return false;
}

const char* slot_type_name(SlotType type) {
  constexpr const char* kNames[] = {"any", "int", "float", "string", "bool", "array", "object"};
  return kNames[static_cast<std::uint8_t>(type)];
}

}  // namespace

bool conform(const Slot& slot, Value& value, std::string& error) {
  if (value.is_missing() || (value.is_null() && slot.nullable)) return true;
  if (!has_type(slot, value)) {
    error = "`" + slot.name + "` is declared as " + slot_type_name(slot.type) + "; " +
            describe(value) + " is of type " + type_name(value);
    return false;
  }
  if (value.is_number() && ((slot.minimum && value.as_double() < *slot.minimum) ||
                            (slot.maximum && value.as_double() > *slot.maximum))) {
    error = "`" + slot.name + "` = " + describe(value) + " is outside its range";
    if (slot.minimum) error += ", at least " + describe(Value::number(*slot.minimum));
    if (slot.maximum) error += ", at most " + describe(Value::number(*slot.maximum));
    return false;
  }
  if (!slot.choices.empty()) {
    for (const Value& choice : slot.choices) {
      if (values_equal(choice, value)) return true;
    }
    error = "`" + slot.name + "` = " + describe(value) + " is none of its choices ";
    error += describe(Value::array(slot.choices), 200);
    return false;
  }
  return true;
}

}  // namespace pyforest
