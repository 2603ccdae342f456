#include "execution_object.h"

#include <nanobind/stl/string.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>

#include "convert.h"
#include "pyforest/clock.h"
#include "pyforest/codec.h"
#include "python_side.h"

namespace nb = nanobind;

namespace pyforest {

namespace {

// A tree this large keeps other threads waiting for long enough to notice.
constexpr std::size_t kReleaseGilFrom = 20'000;

/// Inputs and traces that ticks reuse. A leaf may tick another execution, hence a stack of them.
class Scratch {
 public:
  Scratch() {
    if (depth_ == pool_.size()) pool_.push_back(std::make_unique<Parts>());
    parts_ = pool_[depth_++].get();
    parts_->inputs.updates.clear();
    parts_->inputs.results.clear();
    parts_->inputs.overrides.clear();
    parts_->trace.clear();
  }
  ~Scratch() { --depth_; }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  Inputs& inputs() { return parts_->inputs; }
  TickTrace& trace() { return parts_->trace; }
  OutcomeRest& rest() { return rest_; }

 private:
  struct Parts {
    Inputs inputs;
    TickTrace trace;
  };
  static thread_local std::vector<std::unique_ptr<Parts>> pool_;
  static thread_local std::size_t depth_;
  Parts* parts_;
  OutcomeRest rest_;
};

thread_local std::vector<std::unique_ptr<Scratch::Parts>> Scratch::pool_;
thread_local std::size_t Scratch::depth_ = 0;

/// Answers leaves from a record.
class RecordedLeaves : public LeafHost {
 public:
  explicit RecordedLeaves(const std::vector<Answer>& answers) {
    for (const Answer& answer : answers) answers_.emplace(answer.node, &answer);
  }
  void call(State&, std::uint32_t node, bool, Answer& answer) override {
    const auto it = answers_.find(node);
    // INVALID without an error: the log has no answer of this leaf.
    if (it != answers_.end()) answer = *it->second;
  }
  void halted(State&, std::uint32_t) override {}

 private:
  std::unordered_map<std::uint32_t, const Answer*> answers_;
};

std::string run_id(const Program& program, std::uint64_t run) {
  // Only a damaged log names a run of no node.
  if ((run >> 32U) >= program.size()) return "?#" + std::to_string(run & 0xFFFFFFFFU);
  return program.ids[run >> 32U] + "#" + std::to_string(run & 0xFFFFFFFFU);
}

/// The number behind the `#` of a run id, 0 when it is none as `run_id` writes them.
std::int64_t activation_of(std::string_view digits) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool whole = error == std::errc() && end == digits.data() + digits.size();
  return whole && digits.front() != '0' ? number : 0;
}

std::string_view text_of(nb::handle object, const char* what) {
  Py_ssize_t size = 0;
  const char* text =
      PyUnicode_Check(object.ptr()) ? PyUnicode_AsUTF8AndSize(object.ptr(), &size) : nullptr;
  if (text == nullptr) {
    PyErr_Clear();
    throw nb::type_error((std::string(what) + " must be a string").c_str());
  }
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace

ExecutionObject::ExecutionObject(nb::object program, ProgramCore& core,
                                 std::unique_ptr<State> state)
    : program_(std::move(program)), core_(&core), state_(std::move(state)) {
  if (core_->program->calls_outside) leaves_ = std::make_unique<PythonLeaves>(core);
}

LeafHost* ExecutionObject::host() { return leaves_.get(); }

void ExecutionObject::require_free() const {
  if (state_->busy) {
    raise_forest_error("ExecutionBusy",
                       "this execution is ticking already; an execution takes one tick at a time");
  }
  if (closed_) raise_forest_error("ExecutionBusy", "this execution has been closed");
}

std::int64_t ExecutionObject::read_now(nb::handle now) const {
  if (now.is_none()) {
    const std::int64_t wall = wall_clock_ns();
    return state_->has_time ? std::max(wall, state_->now) : wall;
  }
  const double seconds = PyFloat_AsDouble(now.ptr());
  if (seconds == -1.0 && PyErr_Occurred() != nullptr) nb::raise_python_error();
  std::int64_t out = 0;
  if (!to_nanoseconds(seconds, out)) {
    throw nb::value_error("now must be finite seconds since 1970, within 292 years of it");
  }
  if (state_->has_time && out < state_->now) {
    // Seconds of today hold no nanoseconds: what `now` answered may be given back.
    if (seconds == static_cast<double>(state_->now) * 1e-9) return state_->now;
    nb::object error = python_class("py_forest.kit.errors", "TimeWentBackwards")(
        seconds, static_cast<double>(state_->now) * 1e-9);
    PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(error.ptr())), error.ptr());
    nb::raise_python_error();
  }
  return out;
}

void ExecutionObject::read_updates(nb::handle updates, Inputs& inputs, OutcomeRest& rest) {
  const Program& program = *core_->program;
  auto add = [&](PyObject* key, PyObject* item) {
    KeyedValue& update = inputs.updates.emplace_back();
    update.name.clear();
    update.slot = core_->slot_of(key);
    std::string error;
    if (!value_from_python(item, update.value, error)) {
      throw nb::value_error(
          ("`" + std::string(text_of(key, "a blackboard key")) + "`: " + error).c_str());
    }
    if (update.slot >= 0) [[likely]] {
      const Slot& slot = program.slots[static_cast<std::size_t>(update.slot)];
      if (slot.checked && !conform(slot, update.value, error)) throw nb::value_error(error.c_str());
      if (!slot.read) rest.unread.push_back(slot.name);
      return;
    }
    update.name = text_of(key, "a blackboard key");
    if (!is_key(update.name)) {
      throw nb::value_error(("`" + update.name.substr(0, 80) +
                             "` is no blackboard key: letters, digits, `_`, `.` and `-`, not "
                             "starting with a digit")
                                .c_str());
    }
    rest.unread.push_back(update.name);
  };
  if (PyDict_CheckExact(updates.ptr())) {
    PyObject* key = nullptr;
    PyObject* item = nullptr;
    Py_ssize_t at = 0;
    while (PyDict_Next(updates.ptr(), &at, &key, &item) != 0) add(key, item);
    return;
  }
  nb::dict copy = nb::steal<nb::dict>(PyObject_CallFunctionObjArgs(
      reinterpret_cast<PyObject*>(&PyDict_Type), updates.ptr(), nullptr));
  if (!copy.is_valid()) nb::raise_python_error();
  for (auto [key, item] : copy) add(key.ptr(), item.ptr());
}

void ExecutionObject::read_results(nb::handle results, Inputs& inputs, OutcomeRest& rest) {
  const Program& program = *core_->program;
  for (auto [key, item] : nb::cast<nb::dict>(results)) {
    const std::string_view id = text_of(key, "a run id");
    Answer& answer = inputs.results.emplace_back();
    const std::size_t mark = id.rfind('#');
    const std::int64_t activation =
        mark == std::string_view::npos ? 0 : activation_of(id.substr(mark + 1));
    const std::uint32_t node = activation == 0 ? kNone : program.find_node(id.substr(0, mark));
    const bool waits =
        node != kNone && program.nodes[node].config != kNone &&
        std::binary_search(program.outside_nodes.begin(), program.outside_nodes.end(), node);
    if (!waits) {
      // Kept as it came: it is dropped at the tick, and counted.
      rest.dropped.emplace_back(id);
      inputs.results.pop_back();
      continue;
    }
    answer = Answer{};
    answer.node = node;
    answer.activation = activation;
    const OutsideConfig& config = program.outside[program.nodes[node].config];
    std::string error;
    if (program.nodes[node].kind == NodeKind::kHumanDecision && PyUnicode_Check(item.ptr())) {
      const std::string_view choice = text_of(item, "a decision");
      if (!config.options.empty() &&
          std::find(config.options.begin(), config.options.end(), choice) == config.options.end()) {
        std::string known;
        for (const std::string& option : config.options) known += " `" + option + "`";
        throw nb::value_error(("`" + std::string(choice) + "` is no option of `" +
                               program.ids[node] + "`; its options are" + known)
                                  .c_str());
      }
      answer.status = Status::kSuccess;
      if (config.decision_slot >= 0) {
        KeyedValue& write = answer.writes.emplace_back();
        write.slot = config.decision_slot;
        write.value = Value::string(choice);
      }
    } else if (item.ptr() == Py_True || item.ptr() == Py_False) {
      answer.status = item.ptr() == Py_True ? Status::kSuccess : Status::kFailure;
    } else if (!status_from_python(item, answer.status)) {
      if (!read_result(program, item, answer, error)) {
        error = "a result must be a Status, a bool or a Result, not " +
                std::string(nb::repr(item).c_str()).substr(0, 200);
      }
      if (!error.empty()) throw nb::value_error((std::string(id) + ": " + error).c_str());
    }
  }
}

void ExecutionObject::read_overrides(nb::handle overrides, Inputs& inputs) {
  for (auto [key, item] : nb::cast<nb::dict>(overrides)) {
    const std::string_view id = text_of(key, "a node id");
    Override& forced = inputs.overrides.emplace_back();
    forced.node = core_->program->find_node(id);
    if (forced.node == kNone) {
      throw nb::value_error(("no node has the id `" + std::string(id) + "`").c_str());
    }
    if (!status_from_python(item, forced.status)) {
      throw nb::value_error("an override must be RUNNING, SUCCESS, FAILURE or SKIPPED");
    }
  }
}

void ExecutionObject::prepare(nb::handle updates, nb::handle now, nb::handle results,
                              nb::handle overrides, Inputs& inputs, OutcomeRest& rest) {
  require_free();
  inputs.now = read_now(now);
  if (StateExtras* extras = state_->extras_or_null();
      extras != nullptr && !extras->staged.empty()) {
    inputs.updates = extras->staged;
    for (const KeyedValue& staged : inputs.updates) {
      if (staged.slot < 0) {
        rest.unread.push_back(staged.name);
      } else if (!core_->program->slots[static_cast<std::size_t>(staged.slot)].read) {
        rest.unread.push_back(core_->program->slots[static_cast<std::size_t>(staged.slot)].name);
      }
    }
  }
  if (!updates.is_none()) read_updates(updates, inputs, rest);
  if (!results.is_none()) read_results(results, inputs, rest);
  if (!overrides.is_none()) read_overrides(overrides, inputs);
  if (StateExtras* extras = state_->extras_or_null()) extras->staged.clear();
}

std::unique_ptr<Outcome> ExecutionObject::run(const Inputs& inputs, LeafHost* host,
                                              TickTrace& trace, OutcomeRest& rest) {
  if (core_->program->size() >= kReleaseGilFrom && !core_->program->calls_outside) {
    state_->busy = true;  // before the GIL goes: another thread must not get past require_free
    nb::gil_scoped_release release;
    pyforest::tick(*state_, inputs, host, trace);
  } else {
    pyforest::tick(*state_, inputs, host, trace);
  }
  return finish(inputs, trace, rest);
}

std::unique_ptr<Outcome> ExecutionObject::finish(const Inputs& inputs, TickTrace& trace,
                                                 OutcomeRest& rest) {
  auto outcome = std::make_unique<Outcome>();
  outcome->program = core_->program;
  outcome->status = state_->root;
  if (state_->recording) {
    outcome->recorded = true;
    outcome->record.reserve(96);
    write_tick(*state_, inputs, trace, outcome->record);
  }
  if (!trace.written.empty()) {
    outcome->changed.reserve(trace.written.size());
    for (const auto& [slot, before] : trace.written) {
      outcome->changed.emplace_back(slot, state_->slots()[slot]);
    }
  }
  for (const auto& [name, before] : trace.written_unknown) {
    const Value* now = read_key(*state_, name);
    outcome->changed_unknown.emplace_back(name, now == nullptr ? Value() : *now);
  }
  for (std::uint32_t index : trace.dropped) {
    const Answer& late = inputs.results[index];
    rest.dropped.push_back(
        run_id(*core_->program,
               (std::uint64_t{late.node} << 32U) | static_cast<std::uint32_t>(late.activation)));
  }
  if (leaves_) {
    rest.exceptions = leaves_->take_exceptions();
    for (LeafFailure& failure : leaves_->take_halt_failures()) {
      trace.failures.push_back(std::move(failure));
    }
  }
  // Kept without the exceptions: their frames would live as long as the execution.
  if (!trace.failures.empty()) {
    failures_ = std::make_unique<std::vector<LeafFailure>>(trace.failures);
  } else if (failures_) {
    failures_.reset();
  }
  const bool has_rest = !rest.unread.empty() || !trace.failures.empty() || !trace.logs.empty() ||
                        !trace.cancelled.empty() || !rest.dropped.empty() || trace.undetermined;
  if (has_rest) {
    rest.failures = std::move(trace.failures);
    rest.logs = std::move(trace.logs);
    rest.cancelled = std::move(trace.cancelled);
    rest.undetermined = trace.undetermined;
    outcome->rest = std::make_unique<OutcomeRest>(std::move(rest));
  }
  return outcome;
}

std::unique_ptr<Outcome> ExecutionObject::tick(nb::handle updates, nb::handle now,
                                               nb::handle results, nb::handle overrides) {
  Scratch scratch;
  prepare(updates, now, results, overrides, scratch.inputs(), scratch.rest());
  auto outcome = run(scratch.inputs(), host(), scratch.trace(), scratch.rest());
  if (leaves_) {
    if (nb::object interrupt = leaves_->take_interrupt(); interrupt.is_valid()) {
      PyErr_SetObject(reinterpret_cast<PyObject*>(Py_TYPE(interrupt.ptr())), interrupt.ptr());
      nb::raise_python_error();
    }
  }
  return outcome;
}

std::unique_ptr<Outcome> ExecutionObject::replay(std::string_view record) {
  require_free();
  Scratch scratch;
  Entry entry;
  try {
    entry = read_entry(record, core_->program->size(), core_->program->slots.size());
    check_entry(*core_->program, entry);
  } catch (const DecodeError& error) {
    raise_forest_error("RecordRefused", error.what());
  }
  if (entry.kind == EntryKind::kHalt) return halt();
  if (entry.kind != EntryKind::kTick) {
    raise_forest_error("RecordRefused", "a reload is replayed with the program it led to");
  }
  RecordedLeaves answers(entry.answers);
  if (StateExtras* extras = state_->extras_or_null()) extras->staged.clear();
  pyforest::tick(*state_, entry.inputs, &answers, scratch.trace());
  return finish(entry.inputs, scratch.trace(), scratch.rest());
}

std::unique_ptr<Outcome> ExecutionObject::tick_with_answers(nb::handle updates, nb::handle now,
                                                            nb::handle results,
                                                            nb::handle overrides,
                                                            nb::dict answers) {
  Scratch scratch;
  prepare(updates, now, results, overrides, scratch.inputs(), scratch.rest());
  std::vector<Answer> known;
  for (auto [key, item] : answers) {
    Answer answer;
    answer.node = core_->program->find_node(text_of(key, "a node id"));
    if (answer.node == kNone ||
        !std::binary_search(core_->program->outside_nodes.begin(),
                            core_->program->outside_nodes.end(), answer.node)) {
      continue;
    }
    std::string error;
    if (!read_result(*core_->program, item, answer, error) || !error.empty()) {
      throw nb::value_error(("an answer must be a Result; " + error).c_str());
    }
    known.push_back(std::move(answer));
  }
  RecordedLeaves host(known);
  return run(scratch.inputs(), &host, scratch.trace(), scratch.rest());
}

std::unique_ptr<Outcome> ExecutionObject::halt() {
  require_free();
  Scratch scratch;
  pyforest::halt(*state_, host(), scratch.trace());
  failures_.reset();
  auto outcome = std::make_unique<Outcome>();
  outcome->program = core_->program;
  outcome->status = state_->root;
  if (state_->recording) {
    outcome->recorded = true;
    write_halt(*state_, scratch.trace(), outcome->record);
  }
  auto rest = std::make_unique<OutcomeRest>();
  rest->cancelled = std::move(scratch.trace().cancelled);
  if (leaves_) {
    rest->exceptions = leaves_->take_exceptions();
    rest->failures = leaves_->take_halt_failures();
  }
  if (!rest->cancelled.empty() || !rest->failures.empty()) outcome->rest = std::move(rest);
  return outcome;
}

nb::bytes ExecutionObject::snapshot() {
  require_free();
  SavedLeaves saved;
  if (leaves_) saved = leaves_->save(*state_);
  const std::string bytes = write_snapshot(*state_, saved);
  return nb::bytes(bytes.data(), bytes.size());
}

nb::bytes ExecutionObject::header() {
  const StateExtras* extras = state_->extras_or_null();
  std::string out = "PFL";
  ByteWriter w(out);
  w.byte(kRecordFormat);
  if (extras != nullptr && !extras->origin.empty()) {
    w.text(extras->origin);
  } else {
    // A fresh start is its program, seed and first values: no need to keep its bytes.
    State start(core_->program, state_->seed, state_->recording);
    if (extras != nullptr) {
      std::string error;
      for (const KeyedValue& given : extras->started_with) {
        store_key(start, given.name, given.value, error);
      }
    }
    w.text(write_snapshot(start, {}));
  }
  return nb::bytes(out.data(), out.size());
}

std::unique_ptr<ExecutionObject> ExecutionObject::fork() {
  require_free();
  SavedLeaves saved;
  if (leaves_) saved = leaves_->save(*state_);
  auto state = std::make_unique<State>(*state_);
  state->extras().origin = write_snapshot(*state_, saved);
  auto twin = std::make_unique<ExecutionObject>(program_, *core_, std::move(state));
  if (twin->leaves_) twin->leaves_->load(saved);
  return twin;
}

std::pair<std::unique_ptr<ExecutionObject>, nb::dict> ExecutionObject::reload(
    nb::object program, ProgramCore& core, bool keep_blackboard) {
  require_free();
  ReloadReport report;
  auto next_state = reload_state(*state_, core.program, keep_blackboard, report);
  auto next = std::make_unique<ExecutionObject>(std::move(program), core, std::move(next_state));
  nb::list cancelled;
  for (std::uint32_t node : report.interrupted) {
    const Node& n = core_->program->nodes[node];
    if (n.config == kNone || !std::binary_search(core_->program->outside_nodes.begin(),
                                                 core_->program->outside_nodes.end(), node)) {
      continue;
    }
    if (core_->program->outside[n.config].mode == OutsideConfig::Mode::kAwait) {
      cancelled.append(run_id(
          *core_->program,
          (std::uint64_t{node} << 32U) | static_cast<std::uint32_t>(state_->memory()[n.memory])));
    } else if (leaves_) {
      leaves_->halted(*state_, node);
    }
  }
  if (leaves_ && next->leaves_) leaves_->hand_over(*next->leaves_, report.moved);
  if (leaves_) leaves_->shut_down();
  next->state_->extras().origin = write_snapshot(*next->state_, {});
  closed_ = true;
  nb::dict out;
  auto names = [](const std::vector<std::string>& items) {
    nb::list list;
    for (const std::string& item : items) list.append(nb::str(item.data(), item.size()));
    return list;
  };
  out["kept"] = names(report.kept);
  out["reset"] = names(report.reset);
  out["removed"] = names(report.removed);
  out["cancelled"] = cancelled;
  nb::dict lost;
  for (const auto& [key, why] : report.lost_keys) {
    lost[nb::str(key.data(), key.size())] = nb::str(why.data(), why.size());
  }
  out["lost_keys"] = lost;
  return {std::move(next), out};
}

nb::list ExecutionObject::pending() {
  nb::list out;
  const Program& program = *core_->program;
  const nb::handle type = python_class("py_forest.engine.records", "PendingRun");
  for (std::uint32_t index : program.outside_nodes) {
    const Node& node = program.nodes[index];
    const OutsideConfig& config = program.outside[node.config];
    if (config.mode != OutsideConfig::Mode::kAwait ||
        state_->statuses()[index] != Status::kRunning || is_forced(*state_, index)) {
      continue;
    }
    const std::int64_t* cells = state_->memory() + node.memory;
    const auto run =
        (std::uint64_t{index} << 32U) | static_cast<std::uint32_t>(cells[0] & 0xFFFFFFFF);
    const auto kind = kind_name(node.kind);
    const Value& inputs = state_->slots()[config.inputs_slot];
    out.append(type(run_id(program, run), program.ids[index], nb::str(kind.data(), kind.size()),
                    config.action,
                    inputs.is_object() ? value_to_python(inputs) : nb::object(nb::dict()),
                    static_cast<double>(cells[2]) * 1e-9));
  }
  return out;
}

nb::dict ExecutionObject::statuses() {
  nb::dict out;
  const Program& program = *core_->program;
  for (std::size_t i = 0; i < program.size(); ++i) {
    out[nb::str(program.ids[i].data(), program.ids[i].size())] =
        status_object(state_->statuses()[i]);
  }
  return out;
}

nb::object ExecutionObject::tip() {
  const Program& program = *core_->program;
  const Status* statuses = state_->statuses();
  if (statuses[0] == Status::kInvalid) return nb::none();
  std::uint32_t at = 0;
  while (true) {
    // The child that made its parent's answer: the last with the same status, else the last ticked.
    std::uint32_t same = kNone;
    std::uint32_t ticked = kNone;
    for (std::uint32_t child = at + 1; child < program.nodes[at].end;
         child = program.nodes[child].end) {
      if (statuses[child] == Status::kInvalid) continue;
      ticked = child;
      if (statuses[child] == statuses[at]) same = child;
    }
    const std::uint32_t next = same != kNone ? same : ticked;
    if (next == kNone) return nb::cast(program.ids[at]);
    at = next;
  }
}

std::vector<std::int64_t> ExecutionObject::memory_of(std::string_view node_id) {
  const Program& program = *core_->program;
  const std::uint32_t index = program.find_node(node_id);
  if (index == kNone) return {};
  const std::int64_t* cells = state_->memory() + program.nodes[index].memory;
  return {cells, cells + program.cell_counts[index]};
}

nb::tuple ExecutionObject::errors() {
  if (!failures_) return nb::make_tuple();
  const nb::handle type = python_class("py_forest.engine.records", "LeafFailure");
  nb::list out;
  for (const LeafFailure& failure : *failures_) {
    out.append(type(
        core_->program->ids[failure.node], failure_name(failure.kind),
        nb::steal(PyUnicode_DecodeUTF8(
            failure.message.data(), static_cast<Py_ssize_t>(failure.message.size()), "replace"))));
  }
  return nb::tuple(out);
}

nb::object ExecutionObject::read(nb::handle key, nb::handle otherwise) {
  const std::int32_t slot = core_->slot_of(key.ptr());
  const Value* value =
      slot >= 0 ? &state_->slots()[slot] : read_key(*state_, text_of(key, "a blackboard key"));
  if (value == nullptr || value->is_missing()) return nb::borrow(otherwise);
  return value_to_python(*value);
}

void ExecutionObject::write(nb::handle key, nb::handle value, bool remove) {
  KeyedValue staged;
  staged.name = text_of(key, "a blackboard key");
  if (!is_key(staged.name)) {
    throw nb::value_error(("`" + staged.name.substr(0, 80) +
                           "` is no blackboard key: letters, digits, `_`, `.` and `-`, not "
                           "starting with a digit")
                              .c_str());
  }
  staged.slot = core_->slot_of(key.ptr());
  std::string error;
  if (!remove && !value_from_python(value.ptr(), staged.value, error)) {
    throw nb::value_error(("`" + staged.name + "`: " + error).c_str());
  }
  if (staged.slot >= 0 && !remove) {
    const Slot& slot = core_->program->slots[static_cast<std::size_t>(staged.slot)];
    if (slot.checked && !conform(slot, staged.value, error)) throw nb::value_error(error.c_str());
  }
  // In a tick the value waits for the next one: a tick sees the inputs it began with.
  if (!state_->busy && !store_key(*state_, staged.name, staged.value, error)) {
    throw nb::value_error(error.c_str());
  }
  if (staged.slot >= 0) staged.name.clear();
  state_->extras().staged.push_back(std::move(staged));
}

nb::dict ExecutionObject::blackboard_dict() {
  nb::dict out;
  const Program& program = *core_->program;
  for (std::size_t i = 0; i < program.slots.size(); ++i) {
    const Slot& slot = program.slots[i];
    const Value& value = state_->slots()[i];
    if (slot.hidden || value.is_missing() || slot.name.find('/') != std::string::npos) continue;
    out[nb::str(slot.name.data(), slot.name.size())] = value_to_python(value);
  }
  if (const StateExtras* extras = state_->extras_or_null()) {
    for (const auto& [name, value] : extras->unknown) {
      if (name.find('/') != std::string::npos) continue;
      out[nb::str(name.data(), name.size())] = value_to_python(value);
    }
  }
  return out;
}

void ExecutionObject::close() {
  if (closed_) return;
  require_free();
  if (leaves_) leaves_->shut_down();
  closed_ = true;
}

int ExecutionObject::traverse(visitproc visit, void* arg) {
  if (program_.is_valid()) Py_VISIT(program_.ptr());
  if (leaves_) return leaves_->traverse(visit, arg);
  return 0;
}

void ExecutionObject::clear_references() {
  // The core stays alive as long as this does; only cycles through leaf instances are cut.
  if (leaves_) leaves_->shut_down();
}

}  // namespace pyforest
