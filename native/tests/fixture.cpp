#include "fixture.h"

#include <algorithm>
#include <stdexcept>

#include "pyforest/json.h"

namespace fixture {

using pyforest::Answer;
using pyforest::NodeKind;
using pyforest::NodeSpec;

namespace {

std::string join(const std::vector<std::string>& words, const char* between = " ") {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += between;
    out += word;
  }
  return out;
}

NodeKind kind_of(const std::string& name) {
  for (std::uint8_t i = 0; i < pyforest::kNodeKinds; ++i) {
    if (pyforest::kind_name(static_cast<NodeKind>(i)) == name) return static_cast<NodeKind>(i);
  }
  throw std::logic_error("no node type " + name);
}

void flatten(const Tree& tree, std::vector<NodeSpec>& out,
             std::map<std::string, std::string>& scripts) {
  NodeSpec spec;
  spec.kind = kind_of(tree.kind);
  spec.scope = tree.scope;
  spec.child_count = static_cast<std::uint32_t>(tree.children.size());
  spec.id = tree.id.empty() ? tree.kind + std::to_string(out.size()) : tree.id;
  spec.config = value_of("{" + tree.config + "}");
  if (!tree.script.empty()) scripts[spec.id] = tree.script;
  out.push_back(std::move(spec));
  for (const Tree& child : tree.children) flatten(child, out, scripts);
}

std::shared_ptr<const pyforest::Program> build_with_scripts(
    const Tree& tree, const Setting& setting, std::map<std::string, std::string>& scripts) {
  std::vector<NodeSpec> specs;
  flatten(tree, specs, scripts);
  std::vector<pyforest::Scope> scopes(1);
  scopes.insert(scopes.end(), setting.scopes.begin(), setting.scopes.end());
  return pyforest::Program::build(specs, std::move(scopes), setting.declared, {});
}

}  // namespace

Tree T(std::string kind, std::vector<Tree> children) {
  return {std::move(kind), "", std::move(children), "", "", 0};
}

Tree T(std::string kind, std::string config, std::vector<Tree> children) {
  return {std::move(kind), std::move(config), std::move(children), "", "", 0};
}

Tree leaf(std::string name, std::string script) {
  return {"Action", "'action': '" + name + "'", {}, name, std::move(script), 0};
}

Value value_of(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  Value out;
  pyforest::JsonError error;
  if (pyforest::read_json(text, out, error) != pyforest::JsonResult::kRead) {
    throw std::logic_error(error.message + " in " + text);
  }
  return out;
}

char letter(Status status) { return "-RSFK"[static_cast<int>(status)]; }

Status status_of(char wanted) {
  const std::size_t at = std::string_view("-RSFK").find(wanted);
  if (at == std::string_view::npos) throw std::logic_error("no such status");
  return static_cast<Status>(at);
}

pyforest::Slot declared(std::string name, pyforest::SlotType type, const char* initial) {
  pyforest::Slot out;
  out.name = std::move(name);
  out.type = type;
  if (initial != nullptr) out.initial = value_of(initial);
  return out;
}

pyforest::Scope scope(std::int32_t parent, std::map<std::string, std::string> wires,
                      std::string prefix) {
  pyforest::Scope out;
  out.parent = parent;
  out.shares_all = false;
  out.wires.insert(wires.begin(), wires.end());
  out.prefix = std::move(prefix);
  return out;
}

std::shared_ptr<const pyforest::Program> build(const Tree& tree, const Setting& setting) {
  std::map<std::string, std::string> scripts;
  return build_with_scripts(tree, setting, scripts);
}

std::string refusal(const Tree& tree, const Setting& setting) {
  try {
    build(tree, setting);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "not refused";
}

/// Answers leaves from their scripts and notes what happens to them.
class Run::Host : public pyforest::LeafHost {
 public:
  void call(pyforest::State& state, std::uint32_t node, bool starts, Answer& answer) override {
    const std::string& id = state.program().ids[node];
    events.push_back(id + (starts ? "+" : ""));
    std::string& script = scripts[id];
    if (script.empty()) {
      answer.error = "not expected to be called";
      answer.status = Status::kFailure;
      return;
    }
    const char next = script.front();
    script.erase(0, 1);
    if (next == '!') {
      answer.status = Status::kFailure;
      answer.error = "RuntimeError: on purpose";
    } else if (next == '?') {
      answer.error = "answered nonsense";
    } else {
      answer.status = status_of(next);
    }
    answer.writes = writes[id];
  }

  void halted(pyforest::State& state, std::uint32_t node) override {
    events.push_back(state.program().ids[node] + "!");
  }

  std::map<std::string, std::string> scripts;
  std::map<std::string, std::vector<pyforest::KeyedValue>> writes;
  std::vector<std::string> events;
};

Run::Run(const Tree& tree, const Setting& setting) : host_(std::make_unique<Host>()) {
  program_ = build_with_scripts(tree, setting, host_->scripts);
  state_ = std::make_unique<pyforest::State>(program_, setting.seed, setting.recording);
}

Run::~Run() = default;

Run& Run::at(double seconds) {
  REQUIRE(pyforest::to_nanoseconds(seconds, inputs_.now));
  return *this;
}

Run& Run::at_ns(std::int64_t nanoseconds) {
  inputs_.now = nanoseconds;
  return *this;
}

namespace {

pyforest::KeyedValue keyed(const pyforest::Program& program, const std::string& key,
                           const char* json) {
  return {program.find_slot(key), key, json == nullptr ? Value() : value_of(json)};
}

}  // namespace

Run& Run::with(const std::string& key, const char* json) {
  inputs_.updates.push_back(keyed(*program_, key, json));
  return *this;
}

Run& Run::force(const std::string& id, char status) {
  inputs_.overrides.push_back({node(id), status_of(status)});
  return *this;
}

Run& Run::result(const std::string& id, std::int64_t activation, char status) {
  Answer answer;
  answer.node = node(id);
  answer.activation = activation;
  answer.status = status_of(status);
  inputs_.results.push_back(std::move(answer));
  return *this;
}

Run& Run::writing(const std::string& key, const char* json) {
  inputs_.results.back().writes.push_back(keyed(*program_, key, json));
  return *this;
}

Run& Run::failing(const std::string& message) {
  inputs_.results.back().error = message;
  return *this;
}

Run& Run::leaf_writes(const std::string& id, const std::string& key, const char* json) {
  host_->writes[id] = {keyed(*program_, key, json)};
  return *this;
}

namespace {

std::string letters(const pyforest::State& state) {
  std::string out;
  for (std::size_t i = 0; i < state.program().size(); ++i) out += letter(state.statuses()[i]);
  return out;
}

}  // namespace

std::string Run::tick() {
  trace_.clear();
  host_->events.clear();
  const Status root = pyforest::tick(*state_, inputs_, host_.get(), trace_);
  CHECK(root != Status::kInvalid);
  CHECK(root == state_->statuses()[0]);
  CHECK(root == state_->root);
  inputs_.updates.clear();
  inputs_.overrides.clear();
  inputs_.results.clear();
  std::vector<std::string> words{letters(*state_)};
  words.insert(words.end(), host_->events.begin(), host_->events.end());
  return join(words);
}

std::string Run::halt() {
  trace_.clear();
  host_->events.clear();
  pyforest::halt(*state_, host_.get(), trace_);
  std::vector<std::string> words{letters(*state_)};
  words.insert(words.end(), host_->events.begin(), host_->events.end());
  return join(words);
}

std::string Run::value(const std::string& key) const {
  const Value* found = pyforest::read_key(*state_, key);
  if (found == nullptr) return "unset";
  std::string out;
  pyforest::append_json(*found, out);
  return out;
}

std::string Run::errors() const {
  std::vector<std::string> words;
  for (const auto& failure : trace_.failures) {
    words.push_back(program_->ids[failure.node] + ":" + pyforest::failure_name(failure.kind));
  }
  return join(words);
}

std::string Run::changed() const {
  std::vector<std::string> words;
  for (const auto& entry : trace_.changed) {
    words.push_back(std::to_string(entry.node) + letter(entry.status));
  }
  return join(words);
}

std::string Run::visited() const {
  std::vector<std::string> words;
  for (const auto& run : trace_.visited) {
    words.push_back(std::to_string(run.first) +
                    (run.length == 1 ? "" : "-" + std::to_string(run.first + run.length - 1)));
  }
  return join(words);
}

std::string Run::passing() const {
  std::vector<std::string> words;
  for (const auto& entry : trace_.passing) {
    words.push_back(std::to_string(entry.node) + letter(entry.status));
  }
  return join(words);
}

std::string Run::written() const {
  std::vector<std::string> words;
  for (const auto& entry : trace_.written) {
    words.push_back(program_->slots[static_cast<std::size_t>(entry.first)].name);
  }
  for (const auto& entry : trace_.written_unknown) words.push_back(entry.first);
  return join(words);
}

std::string Run::cancelled() const {
  std::vector<std::string> words;
  for (const std::uint64_t run : trace_.cancelled) {
    words.push_back(std::to_string(run >> 32U) + "#" + std::to_string(run & 0xFFFFFFFFU));
  }
  return join(words);
}

std::string Run::logs() const {
  std::vector<std::string> messages;
  for (const auto& line : trace_.logs) messages.push_back(line.message);
  return join(messages, "|");
}

std::uint32_t Run::node(const std::string& id) const {
  const std::uint32_t index = program_->find_node(id);
  if (index == pyforest::kNone) throw std::logic_error("no node " + id);
  return index;
}

}  // namespace fixture
