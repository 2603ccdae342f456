#include "expression_binding.h"

#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "convert.h"
#include "pyforest/expression.h"
#include "python_text.h"

namespace pyforest {

namespace {

namespace nb = nanobind;

/// Slots in the order in which names turn up.
class Names final : public NameResolver {
 public:
  std::int32_t slot_of(std::string_view name) override {
    const auto [place, fresh] =
        slots_.emplace(std::string(name), static_cast<std::int32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return place->second;
  }

  const std::string& name_of(std::int32_t slot) const {
    return names_[static_cast<std::size_t>(slot)];
  }

  std::size_t size() const { return names_.size(); }

 private:
  std::unordered_map<std::string, std::int32_t> slots_;
  std::vector<std::string> names_;
};

using ErrorTuple = std::tuple<std::size_t, std::string, std::optional<std::string>>;

struct ExpressionInfo {
  std::vector<std::string> reads;
  std::vector<std::string> writes;
  bool constant = false;
  Value value;
  std::optional<std::string> failure;
  std::optional<ErrorTuple> error;
};

// Lives as long as the process, as the built-in exceptions do.
PyObject* failure_type = nullptr;

/// UTF-8 of a str; nothing, and `error` filled, where it holds half a surrogate pair.
std::optional<std::string_view> utf8_of(nb::handle text, ExpressionError& error) {
  if (!PyUnicode_Check(text.ptr())) throw nb::type_error("an expression is a str");
  Py_ssize_t size = 0;
  const char* const data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data != nullptr) return std::string_view(data, static_cast<std::size_t>(size));
  if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) == 0) nb::raise_python_error();
  PyErr_Clear();
  error = {0, "the text holds half of a surrogate pair", {}};
  return std::nullopt;
}

ErrorTuple to_tuple(ExpressionError error) {
  std::optional<std::string> suggestion;
  if (!error.suggestion.empty()) suggestion = std::move(error.suggestion);
  return {error.offset, std::move(error.message), std::move(suggestion)};
}

void add_names(const std::vector<std::int32_t>& slots, const Names& names,
               const std::unordered_set<std::int32_t>& known, std::vector<std::string>& out) {
  for (const std::int32_t slot : slots) {
    if (!known.contains(slot)) out.push_back(names.name_of(slot));
  }
}

std::optional<ExpressionError> inspect_expression(std::string_view text, ExpressionInfo& info) {
  Names names;
  Code code;
  Expression expression;
  if (auto error = compile_expression(text, names, code, expression)) return error;
  add_names(expression.reads, names, {}, info.reads);
  info.constant = expression.reads.empty();
  if (!info.constant) return std::nullopt;
  Value value;
  EvalError failure{};
  if (evaluate(code, expression, nullptr, value, failure)) {
    info.value = value.retained();
  } else {
    info.failure = failure.message;
  }
  return std::nullopt;
}

std::optional<ExpressionError> inspect_script(std::string_view text, ExpressionInfo& info) {
  Names names;
  Code code;
  std::vector<Assignment> script;
  if (auto error = compile_script(text, names, code, script)) return error;
  std::unordered_set<std::int32_t> read;
  std::unordered_set<std::int32_t> written;
  info.constant = true;
  for (const Assignment& assignment : script) {
    std::vector<std::int32_t> fresh;
    for (const std::int32_t slot : assignment.value.reads) {
      if (!written.contains(slot) && read.insert(slot).second) fresh.push_back(slot);
    }
    add_names(fresh, names, {}, info.reads);
    if (written.insert(assignment.slot).second) info.writes.push_back(assignment.name);
  }
  info.constant = info.reads.empty();
  return std::nullopt;
}

ExpressionInfo inspect(nb::handle text, bool script) {
  ExpressionInfo info;
  ExpressionError error{};
  const std::optional<std::string_view> utf8 = utf8_of(text, error);
  if (!utf8) {
    info.error = to_tuple(std::move(error));
    return info;
  }
  auto wrong = script ? inspect_script(*utf8, info) : inspect_expression(*utf8, info);
  if (wrong) info.error = to_tuple(std::move(*wrong));
  return info;
}

bool is_script(std::string_view mode) {
  if (mode == "script") return true;
  if (mode == "expression") return false;
  throw nb::value_error("mode is \"expression\" or \"script\"");
}

ExpressionInfo check_expression(nb::handle text, std::string_view mode) {
  return inspect(text, is_script(mode));
}

std::vector<ExpressionInfo> check_expressions(const nb::list& texts, std::string_view mode) {
  const bool script = is_script(mode);
  std::vector<ExpressionInfo> infos;
  infos.reserve(nb::len(texts));
  for (const nb::handle text : texts) infos.push_back(inspect(text, script));
  return infos;
}

nb::object make_failure(const std::string& kind, const std::string& message) {
  nb::object exception = nb::borrow(failure_type)(message);
  exception.attr("kind") = kind;
  exception.attr("message") = message;
  return exception;
}

nb::object make_failure(const EvalError& error, const Names& names) {
  if (error.kind != EvalError::Kind::kMissing) {
    return make_failure(eval_error_name(error.kind), error.message);
  }
  const std::string& name = names.name_of(error.slot);
  nb::object exception = make_failure("missing", "`" + name + "` has no value");
  exception.attr("name") = name;
  return exception;
}

[[noreturn]] void raise(const nb::object& exception) {
  PyErr_SetObject(failure_type, exception.ptr());
  nb::raise_python_error();
}

[[noreturn]] void raise_syntax(const ExpressionError& error) {
  const nb::object exception = make_failure("syntax", error.message);
  exception.attr("offset") = error.offset;
  exception.attr("suggestion") = error.suggestion;
  raise(exception);
}

std::string_view require_utf8(nb::handle text) {
  ExpressionError error{};
  const std::optional<std::string_view> utf8 = utf8_of(text, error);
  if (!utf8) raise_syntax(error);
  return *utf8;
}

/// The values of a dict in the slots of the names; names that it lacks are missing.
std::vector<Value> fill_slots(const nb::dict& values, const Names& names) {
  std::vector<Value> slots(names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const nb::str name(names.name_of(static_cast<std::int32_t>(i)).c_str());
    if (!values.contains(name)) continue;
    const nb::object object = values[name];
    std::string error;
    if (!value_from_python(object.ptr(), slots[i], error)) throw nb::value_error(error.c_str());
  }
  return slots;
}

nb::object evaluate_expression(nb::handle text, const nb::dict& values) {
  Names names;
  Code code;
  Expression expression;
  if (const auto error = compile_expression(require_utf8(text), names, code, expression)) {
    raise_syntax(*error);
  }
  const std::vector<Value> slots = fill_slots(values, names);
  Value result;
  EvalError failure{};
  if (!evaluate(code, expression, slots.data(), result, failure)) {
    raise(make_failure(failure, names));
  }
  return value_to_python(result);
}

nb::dict evaluate_script(nb::handle text, const nb::dict& values) {
  Names names;
  Code code;
  std::vector<Assignment> script;
  if (const auto error = compile_script(require_utf8(text), names, code, script)) {
    raise_syntax(*error);
  }
  std::vector<Value> slots = fill_slots(values, names);
  nb::dict written;
  for (const Assignment& assignment : script) {
    Value result;
    EvalError failure{};
    if (!evaluate(code, assignment.value, slots.data(), result, failure)) {
      raise(make_failure(failure, names));
    }
    Value& slot = slots[static_cast<std::size_t>(assignment.slot)];
    slot = result.retained();
    written[assignment.name.c_str()] = value_to_python(slot);
  }
  return written;
}

nb::list explain_expression(nb::handle text, const nb::dict& values) {
  const std::string_view utf8 = require_utf8(text);
  Names names;
  Code code;
  std::vector<ExpressionPart> parts;
  if (const auto error = compile_expression_parts(utf8, names, code, parts)) raise_syntax(*error);
  const std::vector<Value> slots = fill_slots(values, names);
  nb::list out;
  for (const ExpressionPart& part : parts) {
    Value result;
    EvalError failure{};
    const bool known = evaluate(code, part.value, slots.data(), result, failure);
    const std::string_view shown = utf8.substr(part.begin, part.end - part.begin);
    out.append(nb::make_tuple(nb::str(shown.data(), shown.size()),
                              known ? value_to_python(result) : make_failure(failure, names)));
  }
  return out;
}

nb::object make_failure_type() {
  nb::dict members;
  members["kind"] = "";
  members["message"] = "";
  members["name"] = "";
  members["offset"] = -1;
  members["suggestion"] = "";
  return nb::steal(PyErr_NewExceptionWithDoc(
      "py_forest.engine._native.ExpressionFailure",
      "An expression has no value. `kind` is syntax, missing, type, zero_division, overflow, "
      "index,\n"
      "key, value or limit; `message` says why. A missing key is named by `name`; wrong syntax "
      "has\n"
      "an `offset` in bytes of UTF-8 and perhaps a `suggestion`, which is what to write instead.",
      PyExc_ValueError, members.ptr()));
}

}  // namespace

void bind_expression(nb::module_& m) {
  nb::object type = make_failure_type();
  if (!type.is_valid()) nb::raise_python_error();
  m.attr("ExpressionFailure") = type;
  failure_type = type.release().ptr();

  nb::class_<ExpressionInfo>(m, "ExpressionInfo", "What is known of an expression or a script.")
      .def_ro("reads", &ExpressionInfo::reads,
              "The keys that are read, each once; of a script those that it does not set first.")
      .def_ro("writes", &ExpressionInfo::writes, "The keys that a script sets, each once.")
      .def_ro("constant", &ExpressionInfo::constant, "Whether nothing is read.")
      .def_prop_ro(
          "value", [](const ExpressionInfo& info) { return value_to_python(info.value); },
          nb::sig("def value(self, /) -> object"),
          "The value of a constant expression, otherwise None.")
      .def_ro("failure", &ExpressionInfo::failure,
              "Why a constant expression has no value, as `1 / 0` has none; otherwise None.")
      .def_ro("error", &ExpressionInfo::error,
              "What is wrong with the text: the place in bytes of UTF-8, a sentence, and perhaps\n"
              "what to write instead. None where it is well.");

  m.def("check_expression", &check_expression, nb::arg("text"), nb::arg("mode") = "expression",
        nb::sig("def check_expression(text: str, mode: str = \"expression\") -> ExpressionInfo"),
        "Say what an expression, or with mode \"script\" a script, reads and writes, or what is\n"
        "wrong with it.");
  m.def("check_expressions", &check_expressions, nb::arg("texts"), nb::arg("mode") = "expression",
        nb::sig("def check_expressions(texts: list[str], mode: str = \"expression\") -> "
                "list[ExpressionInfo]"),
        "Check many texts with one call.");
  m.def("evaluate_expression", &evaluate_expression, nb::arg("text"), nb::arg("values"),
        nb::sig("def evaluate_expression(text: str, values: dict[str, object]) -> object"),
        "Compute the value of an expression over the values of keys.\n\n"
        "Raises:\n"
        "    ExpressionFailure: the text is no expression, or it has no value.");
  m.def("evaluate_script", &evaluate_script, nb::arg("text"), nb::arg("values"),
        nb::sig("def evaluate_script(text: str, values: dict[str, object]) -> dict[str, object]"),
        "Carry out a script over the values of keys and return what it sets.\n\n"
        "Raises:\n"
        "    ExpressionFailure: the text is no script, or one of its expressions has no value.");
  m.def("explain_expression", &explain_expression, nb::arg("text"), nb::arg("values"),
        nb::sig("def explain_expression(text: str, values: dict[str, object]) -> "
                "list[tuple[str, object]]"),
        "Return the texts of an expression's names, calls, subscripts and comparisons with their\n"
        "values, inner ones before outer ones and the whole last. A part without a value has the\n"
        "ExpressionFailure that evaluating it would raise.");
}

}  // namespace pyforest
