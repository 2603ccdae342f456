// Configs of leaves, and of conditions wherever they stand.
#include <algorithm>
#include <cmath>

#include "build.h"
#include "pyforest/json.h"

namespace pyforest {

void Builder::configure_leaf(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  auto timer = [&](Duration duration, std::int64_t limit) {
    node.config = static_cast<std::uint32_t>(program_.timers.size());
    program_.timers.push_back({duration, limit});
    node.memory = cells(1);
  };
  switch (node.kind) {
    case NodeKind::kWait:
      timer(duration("duration", config), 0);
      break;
    case NodeKind::kTickCounter:
      node.status = config.status_or("completion_status", Status::kSuccess);
      timer({}, std::max<std::int64_t>(0, config.integer_or("duration", 0)));
      break;
    case NodeKind::kLog:
      configure_log(index, config);
      break;
    case NodeKind::kSetBlackboardVariable:
      configure_write(index, config);
      break;
    case NodeKind::kUnsetBlackboardVariable:
      node.slot = slot_of(config.text("variable"), config.spec().scope);
      break;
    case NodeKind::kCheckBlackboardCondition:
      configure_condition(index, config);
      node.flags |= kMissingIsFalse | kAbortSelf;
      break;
    case NodeKind::kWaitForBlackboardCondition:
      configure_condition(index, config);
      node.flags |= kMissingIsFalse;
      break;
    case NodeKind::kCondition:
      configure_condition(index, config);
      break;
    case NodeKind::kScript: {
      ScopedNames names(*this, config.spec().scope);
      std::vector<Assignment> script;
      if (auto error = compile_script(config.text("script"), names, program_.code, script)) {
        config.refuse("in its script: " + error->message);
      }
      node.config = static_cast<std::uint32_t>(program_.scripts.size());
      program_.scripts.push_back(std::move(script));
      break;
    }
    case NodeKind::kProbability:
      node.number = config.number_or("probability", 0.5);
      if (!(node.number >= 0.0 && node.number <= 1.0)) {
        config.refuse("`probability` must lie between 0 and 1");
      }
      node.memory = cells(1);
      break;
    case NodeKind::kStatusQueue: {
      QueueConfig queue;
      const Value& statuses = config.require("queue");
      if (!statuses.is_array() || statuses.as_array().empty()) {
        config.refuse("`queue` must hold at least one status");
      }
      for (const Value& status : statuses.as_array()) {
        queue.queue.push_back(config.status_of(status));
      }
      if (const Value* last = config.find("eventually")) queue.eventually = config.status_of(*last);
      node.memory = cells(1);
      node.config = static_cast<std::uint32_t>(program_.queues.size());
      program_.queues.push_back(std::move(queue));
      break;
    }
    case NodeKind::kPlaceholder:
      node.status = config.status_or("status", Status::kFailure);
      break;
    case NodeKind::kDecisionTable:
      configure_table(index, config);
      break;
    case NodeKind::kHumanDecision:
    case NodeKind::kExternal:
    case NodeKind::kAction:
      configure_outside(index, config);
      break;
    default:
      break;
  }
}

std::string Builder::condition_text(const ConfigReader& config) const {
  if (const Value* text = config.find("expression");
      text != nullptr && config.find("variable") == nullptr) {
    return std::string(config.text("expression"));
  }
  std::string out = "bb[\"" + std::string(config.text("variable")) + "\"] ";
  out += config.text("operator_str");
  out += ' ';
  if (config.find("expression") != nullptr) {
    out += "(" + std::string(config.text("expression")) + ")";
  } else {
    append_json(config.require("value"), out);
  }
  return out;
}

void Builder::configure_condition(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  node.config = expression(condition_text(config), config.spec().scope, config);
  const Expression& compiled = program_.expressions[node.config];
  if (!compiled.is_compare) return;
  const Value& right = compiled.compare_constant;
  const bool exact = right.is_float() || (right.is_int() && right.as_int() <= 1LL << 53 &&
                                          right.as_int() >= -(1LL << 53));
  if (!exact) return;
  node.flags |= kInlineFlag;
  node.slot = compiled.slot;
  node.compare = compiled.compare_op;
  node.number = right.as_double();
}

void Builder::configure_write(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  WriteConfig write;
  write.slot = slot_of(config.text("variable"), config.spec().scope);
  write.overwrite = config.boolean_or("overwrite", true);
  node.slot = write.slot;
  if (config.find("expression") != nullptr) {
    write.expression = expression(config.text("expression"), config.spec().scope, config);
  } else {
    write.value = config.require("value");
    std::string error;
    const Slot& slot = program_.slots[static_cast<std::size_t>(write.slot)];
    if (slot.checked && !conform(slot, write.value, error)) config.refuse(error);
    if (write.overwrite) node.flags |= kConstantFlag;
  }
  node.config = static_cast<std::uint32_t>(program_.writes.size());
  program_.writes.push_back(std::move(write));
}

void Builder::configure_log(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  LogConfig log;
  log.level = config.text_or("level", "info");
  const std::string_view message = config.text("message");
  std::string text;
  for (std::size_t i = 0; i < message.size(); ++i) {
    const std::size_t close = message[i] == '{' ? message.find('}', i) : std::string_view::npos;
    const std::string_view key =
        close == std::string_view::npos ? "" : message.substr(i + 1, close - i - 1);
    const bool is_key = !key.empty() && std::all_of(key.begin(), key.end(), [](unsigned char c) {
      return std::isalnum(c) != 0 || c == '_' || c == '.' || c == '-';
    }) && (std::isalpha(static_cast<unsigned char>(key[0])) != 0 || key[0] == '_');
    if (!is_key) {
      text += message[i];
      continue;
    }
    log.texts.push_back(std::move(text));
    text.clear();
    log.slots.push_back(slot_of(key, config.spec().scope));
    program_.slots[static_cast<std::size_t>(log.slots.back())].read = true;
    i = close;
  }
  log.texts.push_back(std::move(text));
  node.config = static_cast<std::uint32_t>(program_.logs.size());
  program_.logs.push_back(std::move(log));
}

TableConfig::Output Builder::output(const std::string& key, const Value& value,
                                    const ConfigReader& config) {
  TableConfig::Output out;
  out.slot = slot_of(key, config.spec().scope);
  const Value* text =
      value.is_object() && value.as_object().size() == 1 ? value.find("expression") : nullptr;
  if (text != nullptr && text->is_string()) {
    out.expression = expression(text->as_string(), config.spec().scope, config);
    return out;
  }
  out.value = value;
  std::string error;
  const Slot& slot = program_.slots[static_cast<std::size_t>(out.slot)];
  const bool collects = config.text_or("hit", "first") == "collect";
  if (slot.checked && !collects && !conform(slot, out.value, error)) config.refuse(error);
  return out;
}

void Builder::configure_table(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  TableConfig table;
  const std::string_view hit = config.text_or("hit", "first");
  if (hit != "first" && hit != "collect") config.refuse("unknown hit `" + std::string(hit) + "`");
  table.collect = hit == "collect";
  const Value& rows = config.require("rows");
  if (!rows.is_array()) config.refuse("`rows` must be an array");
  auto outputs_of = [&](const Value* outputs, std::vector<TableConfig::Output>& out) {
    if (outputs == nullptr) return;
    if (!outputs->is_object()) config.refuse("`outputs` must be an object");
    for (const auto& [key, value] : outputs->as_object()) {
      out.push_back(output(std::string(key.as_string()), value, config));
    }
  };
  for (const Value& row : rows.as_array()) {
    if (!row.is_object()) config.refuse("a row must be an object");
    TableConfig::Row out;
    const Value* when = row.find("when");
    if (when != nullptr && when->is_string()) {
      out.conditions.push_back(expression(when->as_string(), config.spec().scope, config));
    } else if (when != nullptr && when->is_object()) {
      for (const auto& [key, value] : when->as_object()) {
        std::string text = "bb[\"" + std::string(key.as_string()) + "\"] == ";
        append_json(value, text);
        out.conditions.push_back(expression(text, config.spec().scope, config));
      }
    } else if (when != nullptr && !when->is_null() && !(when->is_bool() && when->as_bool())) {
      config.refuse("`when` must be an expression or an object of key to value");
    }
    outputs_of(row.find("outputs"), out.outputs);
    table.rows.push_back(std::move(out));
  }
  table.has_fallback = config.find("default") != nullptr;
  if (table.has_fallback) outputs_of(config.find("default"), table.fallback);
  node.config = static_cast<std::uint32_t>(program_.tables.size());
  program_.tables.push_back(std::move(table));
}

void Builder::configure_outside(std::uint32_t index, const ConfigReader& config) {
  Node& node = program_.nodes[index];
  OutsideConfig outside;
  outside.scope = config.spec().scope;
  const std::string_view mode =
      node.kind == NodeKind::kAction ? config.text_or("mode", "call") : "await";
  outside.mode = mode == "call" ? OutsideConfig::Mode::kCall : OutsideConfig::Mode::kAwait;
  outside.action = config.text_or("action", kind_name(node.kind));
  if (const Value* arguments = config.find("arguments")) {
    for (const auto& [name, value] : arguments->as_object()) {
      OutsideConfig::Argument argument;
      argument.name = name.as_string();
      const Value* text = value.find("expression");
      if (text != nullptr) {
        argument.expression = expression(text->as_string(), outside.scope, config);
      } else {
        argument.value = *value.find("value");
      }
      outside.arguments.push_back(std::move(argument));
    }
  }
  if (const Value* outputs = config.find("outputs")) {
    for (const auto& [name, key] : outputs->as_object()) {
      outside.outputs.push_back(
          {std::string(name.as_string()), slot_of(key.as_string(), outside.scope)});
    }
  }
  if (node.kind == NodeKind::kHumanDecision) {
    outside.arguments.push_back({"prompt", kNone, config.require("prompt")});
    if (const Value* options = config.find("options")) {
      outside.arguments.push_back({"options", kNone, *options});
      for (const Value& option : options->as_array()) {
        outside.options.emplace_back(option.as_string());
      }
    }
    if (config.find("variable") != nullptr) {
      outside.decision_slot = slot_of(config.text("variable"), outside.scope);
    }
  }
  if (config.find("timeout") != nullptr) {
    outside.has_timeout = true;
    outside.timeout = duration("timeout", config);
  }
  if (outside.mode == OutsideConfig::Mode::kAwait) {
    outside.inputs_slot = hidden_slot(index, "inputs");
    node.memory = cells(3);
  } else {
    program_.calls_outside = true;
    node.memory = cells(1);
  }
  node.config = static_cast<std::uint32_t>(program_.outside.size());
  program_.outside.push_back(std::move(outside));
  program_.outside_nodes.push_back(index);
}

}  // namespace pyforest
