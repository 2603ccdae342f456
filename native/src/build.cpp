#include "build.h"

#include <algorithm>
#include <stdexcept>

#include "pyforest/random.h"
#include "pyforest/tick.h"

namespace pyforest {

void ConfigReader::refuse(const std::string& what) const {
  throw std::invalid_argument("node `" + spec_.id + "` (" + std::string(kind_name(spec_.kind)) +
                              "): " + what);
}

const Value* ConfigReader::find(std::string_view key) const {
  if (!spec_.config.is_object()) return nullptr;
  const Value* value = spec_.config.find(key);
  return value != nullptr && value->is_null() ? nullptr : value;
}

const Value& ConfigReader::require(std::string_view key) const {
  const Value* value = spec_.config.is_object() ? spec_.config.find(key) : nullptr;
  if (value == nullptr) refuse("`" + std::string(key) + "` is missing");
  return *value;
}

std::string_view ConfigReader::text(std::string_view key) const {
  const Value& value = require(key);
  if (!value.is_string()) refuse("`" + std::string(key) + "` must be a string");
  return value.as_string();
}

std::string_view ConfigReader::text_or(std::string_view key, std::string_view otherwise) const {
  return find(key) == nullptr ? otherwise : text(key);
}

std::int64_t ConfigReader::integer_or(std::string_view key, std::int64_t otherwise) const {
  const Value* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_int()) refuse("`" + std::string(key) + "` must be an integer");
  return value->as_int();
}

double ConfigReader::number_or(std::string_view key, double otherwise) const {
  const Value* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_int() && !value->is_float()) {
    refuse("`" + std::string(key) + "` must be a number");
  }
  return value->as_double();
}

bool ConfigReader::boolean_or(std::string_view key, bool otherwise) const {
  const Value* value = find(key);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) refuse("`" + std::string(key) + "` must be true or false");
  return value->as_bool();
}

Status ConfigReader::status_of(const Value& value) const {
  if (value.is_string()) {
    for (std::uint8_t i = 1; i < kStatusCount; ++i) {
      if (value.as_string() == status_name(static_cast<Status>(i))) return static_cast<Status>(i);
    }
  }
  refuse("a status must be RUNNING, SUCCESS, FAILURE or SKIPPED, not " + describe(value));
}

Status ConfigReader::status_or(std::string_view key, Status otherwise) const {
  const Value* value = find(key);
  return value == nullptr ? otherwise : status_of(*value);
}

std::int64_t ConfigReader::nanoseconds_or(std::string_view key, double otherwise) const {
  std::int64_t out = 0;
  if (!to_nanoseconds(number_or(key, otherwise), out) || out < 0) {
    refuse("`" + std::string(key) + "` must be seconds, zero or more");
  }
  return out;
}

std::int32_t ScopedNames::slot_of(std::string_view name) { return builder_.slot_of(name, scope_); }

void Builder::run() {
  if (specs_.empty()) throw std::invalid_argument("a program needs at least one node");
  if (specs_.size() > kMaxNodes) throw std::invalid_argument("more than 1,000,000 nodes");
  lay_out();
  program_.cell_counts.reserve(specs_.size());
  for (std::uint32_t index = 0; index < specs_.size(); ++index) {
    const std::uint32_t before = program_.memory_cells;
    configure(index);
    program_.cell_counts.push_back(program_.memory_cells - before);
  }
  for (const Expression& expression : program_.expressions) {
    for (std::int32_t slot : expression.reads) {
      program_.slots[static_cast<std::size_t>(slot)].read = true;
    }
  }
  for (const auto& script : program_.scripts) {
    for (const Assignment& assignment : script) {
      for (std::int32_t slot : assignment.value.reads) {
        program_.slots[static_cast<std::size_t>(slot)].read = true;
      }
    }
  }
}

void Builder::lay_out() {
  const auto count = static_cast<std::uint32_t>(specs_.size());
  program_.nodes.resize(count);
  program_.ids.reserve(count);
  program_.id_hashes.reserve(count);
  std::vector<Open> open;
  for (std::uint32_t index = 0; index < count; ++index) {
    if (index > 0 && open.empty()) throw std::invalid_argument("nodes after the end of the tree");
    const NodeSpec& spec = specs_[index];
    Node& node = program_.nodes[index];
    node.kind = spec.kind;
    node.children = spec.child_count;
    program_.ids.push_back(spec.id);
    program_.id_hashes.push_back(hash_text(spec.id));
    open.push_back({index, spec.child_count});
    program_.depth = std::max(program_.depth, static_cast<std::uint32_t>(open.size()));
    if (open.size() > kMaxDepth) throw std::invalid_argument("deeper than 1,000 levels");
    while (!open.empty() && open.back().left == 0) {
      program_.nodes[open.back().node].end = index + 1;
      open.pop_back();
      if (!open.empty()) --open.back().left;
    }
  }
  if (!open.empty()) throw std::invalid_argument("the tree ends before its last child");
}

void Builder::configure(std::uint32_t index) {
  const ConfigReader config(specs_[index]);
  const NodeKind kind = specs_[index].kind;
  if (kind < NodeKind::kInverter) {
    configure_composite(index, config);
  } else if (kind < NodeKind::kSuccess) {
    if (specs_[index].child_count != 1) config.refuse("needs exactly one child");
    configure_decorator(index, config);
  } else {
    const bool guards = kind == NodeKind::kCheckBlackboardCondition;
    if (specs_[index].child_count > (guards ? 1U : 0U)) config.refuse("has too many children");
    configure_leaf(index, config);
  }
}

std::vector<std::uint32_t> Builder::children_of(std::uint32_t index) const {
  std::vector<std::uint32_t> out;
  for (std::uint32_t child = index + 1; child < program_.nodes[index].end;
       child = program_.nodes[child].end) {
    out.push_back(child);
  }
  return out;
}

std::uint32_t Builder::cells(std::uint32_t count) {
  constexpr std::uint32_t kMostCells = 1U << 26U;  // 512 MiB an execution
  if (count > kMostCells - program_.memory_cells) {
    throw std::invalid_argument("the nodes of this tree need more than 512 MiB of memory");
  }
  const std::uint32_t first = program_.memory_cells;
  program_.memory_cells += count;
  return first;
}

std::uint32_t Builder::expression(std::string_view text, std::uint32_t scope,
                                  const ConfigReader& config) {
  auto [it, is_new] = known_expressions_.try_emplace({scope, std::string(text)}, 0);
  if (!is_new) return it->second;
  ScopedNames names(*this, scope);
  Expression compiled;
  if (auto error = compile_expression(text, names, program_.code, compiled)) {
    config.refuse("in `" + std::string(text.substr(0, 200)) + "`: " + error->message);
  }
  program_.expressions.push_back(std::move(compiled));
  it->second = static_cast<std::uint32_t>(program_.expressions.size() - 1);
  return it->second;
}

Duration Builder::duration(std::string_view key, const ConfigReader& config) {
  Duration out;
  const Value& value = config.require(key);
  if (value.is_string()) {
    out.expression = expression(value.as_string(), config.spec().scope, config);
  } else {
    out.nanoseconds = config.nanoseconds_or(key, 0.0);
  }
  return out;
}

std::int32_t Builder::slot_of(std::string_view name, std::uint32_t scope) {
  const Value* initial = nullptr;
  std::string key = scoped_key(program_.scopes, scope, name, &initial);
  auto [it, is_new] = program_.slot_by_name.try_emplace(
      std::move(key), static_cast<std::int32_t>(program_.slots.size()));
  if (is_new) {
    Slot slot;
    slot.name = it->first;
    if (initial != nullptr) slot.initial = *initial;
    program_.slots.push_back(std::move(slot));
  }
  return it->second;
}

std::int32_t Builder::hidden_slot(std::uint32_t index, const char* what) {
  Slot slot;
  // A slash cannot occur in a key, so no key ever meets a hidden slot.
  slot.name = "/" + std::string(what) + "/" + program_.ids[index];
  slot.hidden = true;
  program_.slots.push_back(std::move(slot));
  return static_cast<std::int32_t>(program_.slots.size() - 1);
}

}  // namespace pyforest
