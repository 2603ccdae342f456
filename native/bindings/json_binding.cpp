#include "json_binding.h"

#include <nanobind/stl/string.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "json_dump.h"
#include "pyforest/json.h"

namespace pyforest {

namespace {

namespace nb = nanobind;

/// Shares the short strings that a document repeats, such as its keys and node types: that spares
/// their creation and most of their memory.
class StringCache {
 public:
  StringCache() : slots_(kSlots) {}
  StringCache(const StringCache&) = delete;
  StringCache& operator=(const StringCache&) = delete;
  ~StringCache() {
    for (const Slot& slot : slots_) Py_XDECREF(slot.string);
  }

  /// A new reference, or null with a Python exception set.
  PyObject* get(std::string_view text) {
    if (text.size() > kLongest) return create(text);
    Slot& slot = slots_[index_of(text)];
    if (slot.string == nullptr || slot.size != text.size() ||
        std::memcmp(slot.bytes.data(), text.data(), text.size()) != 0) {
      PyObject* string = create(text);
      if (string == nullptr) return nullptr;
      Py_XDECREF(slot.string);
      slot.string = string;
      slot.size = static_cast<std::uint8_t>(text.size());
      std::memcpy(slot.bytes.data(), text.data(), text.size());
    }
    Py_INCREF(slot.string);
    return slot.string;
  }

 private:
  static constexpr std::size_t kSlots = 256;
  static constexpr std::size_t kLongest = 31;

  struct Slot {
    PyObject* string = nullptr;
    std::uint8_t size = 0;
    std::array<char, kLongest> bytes;
  };

  static PyObject* create(std::string_view text) {
    return PyUnicode_FromStringAndSize(text.data(), static_cast<Py_ssize_t>(text.size()));
  }

  /// By the length and both ends, of which a key rarely shares both with another.
  static std::size_t index_of(std::string_view text) noexcept {
    std::uint64_t head = 0;
    std::uint64_t tail = 0;
    const std::size_t size = text.size();
    if (size >= 8) {
      std::memcpy(&head, text.data(), 8);
      std::memcpy(&tail, text.data() + size - 8, 8);
    } else {
      for (const char c : text) head = (head << 8) | static_cast<unsigned char>(c);
    }
    const std::uint64_t mixed = (head ^ (tail * 31) ^ size) * 0x9E3779B97F4A7C15U;
    return static_cast<std::size_t>(mixed >> 56);
  }

  std::vector<Slot> slots_;
};

/// Builds Python objects out of a reader's events.
class PythonBuilder {
 public:
  PythonBuilder() { frames_.reserve(64); }
  PythonBuilder(const PythonBuilder&) = delete;
  PythonBuilder& operator=(const PythonBuilder&) = delete;
  ~PythonBuilder() {
    for (PyObject* item : items_) Py_DECREF(item);
    for (const Frame& frame : frames_) {
      Py_XDECREF(frame.dict);
      Py_XDECREF(frame.key);
    }
  }

  JsonStep on_null() {
    Py_INCREF(Py_None);
    return put(Py_None);
  }
  JsonStep on_bool(bool b) { return put(PyBool_FromLong(b ? 1 : 0)); }
  JsonStep on_int(std::int64_t i) { return put(PyLong_FromLongLong(i)); }
  JsonStep on_float(double d) { return put(PyFloat_FromDouble(d)); }
  JsonStep on_string(std::string_view text) { return put(strings_.get(text)); }

  JsonStep begin_array() {
    frames_.push_back({nullptr, nullptr, items_.size(), 0});
    return JsonStep::kContinue;
  }

  JsonStep end_array() {
    const std::size_t first = frames_.back().first;
    const auto size = static_cast<Py_ssize_t>(items_.size() - first);
    PyObject* const list = PyList_New(size);
    if (list == nullptr) return JsonStep::kStop;
    for (Py_ssize_t i = 0; i < size; ++i) {
      // Takes the reference over.
      PyList_SetItem(list, i, items_[first + static_cast<std::size_t>(i)]);
    }
    items_.resize(first);
    frames_.pop_back();
    return put(list);
  }

  JsonStep begin_object() {
    frames_.push_back({nullptr, nullptr, items_.size(), 0});
    frames_.back().dict = PyDict_New();
    return frames_.back().dict != nullptr ? JsonStep::kContinue : JsonStep::kStop;
  }

  JsonStep key(std::string_view text) {
    PyObject*& key = frames_.back().key;
    key = keys_.get(text);
    return key != nullptr ? JsonStep::kContinue : JsonStep::kStop;
  }

  JsonStep end_object() {
    PyObject* const dict = frames_.back().dict;
    frames_.pop_back();
    return put(dict);
  }

  /// A new reference to the document.
  PyObject* take() {
    PyObject* const document = items_.back();
    items_.pop_back();
    return document;
  }

 private:
  struct Frame {
    PyObject* dict;     ///< null for an array
    PyObject* key;      ///< of the member that is being read
    std::size_t first;  ///< where the items of an array begin in `items_`
    Py_ssize_t members;
  };

  /// Takes over the reference to a complete value; null stands for a Python exception.
  JsonStep put(PyObject* value) {
    if (value == nullptr) return JsonStep::kStop;
    if (frames_.empty() || frames_.back().dict == nullptr) {
      if (items_.size() == items_.capacity()) {
        nb::object keep = nb::steal(value);  // should memory run out
        items_.reserve(items_.size() * 2 + 16);
        keep.release();
      }
      items_.push_back(value);
      return JsonStep::kContinue;
    }
    Frame& frame = frames_.back();
    const bool added = PyDict_SetItem(frame.dict, frame.key, value) == 0;
    Py_DECREF(value);
    Py_DECREF(frame.key);
    frame.key = nullptr;
    if (!added) return JsonStep::kStop;
    // A dict that did not grow had the key.
    return PyDict_Size(frame.dict) == ++frame.members ? JsonStep::kContinue
                                                      : JsonStep::kDuplicateKey;
  }

  std::vector<Frame> frames_;
  std::vector<PyObject*> items_;  ///< the items of the arrays that are open, in one stack
  StringCache keys_;
  StringCache strings_;
};

/// Keeps the cycle collector from walking a document again and again while it grows.
class CollectorPause {
 public:
  CollectorPause() : was_enabled_(PyGC_Disable() != 0) {}
  CollectorPause(const CollectorPause&) = delete;
  CollectorPause& operator=(const CollectorPause&) = delete;
  ~CollectorPause() {
    if (was_enabled_) PyGC_Enable();
  }

 private:
  bool was_enabled_;
};

// Lives as long as the process, as the built-in exceptions do.
PyObject* json_error_type = nullptr;

[[noreturn]] void raise_json_error(const JsonError& error) {
  const std::string text = "line " + std::to_string(error.line) + ", column " +
                           std::to_string(error.column) + ": " + error.message;
  const nb::object exception = nb::borrow(json_error_type)(text);
  exception.attr("message") = error.message;
  exception.attr("line") = error.line;
  exception.attr("column") = error.column;
  exception.attr("offset") = error.offset;
  PyErr_SetObject(json_error_type, exception.ptr());
  nb::raise_python_error();
}

/// Reports the half surrogate pair that keeps a str from being UTF-8.
[[noreturn]] void raise_surrogate(PyObject* text) {
  Py_ssize_t start = 0;
  {
    const nb::python_error error;  // takes the Python exception
    if (PyUnicodeEncodeError_GetStart(error.value().ptr(), &start) != 0) nb::raise_python_error();
  }
  const nb::object before = nb::steal(PyUnicode_Substring(text, 0, start));
  Py_ssize_t size = 0;
  const char* data = before.is_valid() ? PyUnicode_AsUTF8AndSize(before.ptr(), &size) : nullptr;
  if (data == nullptr) nb::raise_python_error();
  const auto offset = static_cast<std::size_t>(size);
  raise_json_error(json_error_at(std::string_view(data, offset), offset,
                                 "this character is half of a surrogate pair"));
}

std::string_view utf8_of(nb::handle text) {
  Py_ssize_t size = 0;
  if (PyBytes_Check(text.ptr())) {
    char* data = nullptr;
    if (PyBytes_AsStringAndSize(text.ptr(), &data, &size) != 0) nb::raise_python_error();
    return {data, static_cast<std::size_t>(size)};
  }
  if (!PyUnicode_Check(text.ptr())) throw nb::type_error("parse_json needs bytes or str");
  const char* data = PyUnicode_AsUTF8AndSize(text.ptr(), &size);
  if (data == nullptr) {
    if (PyErr_ExceptionMatches(PyExc_UnicodeEncodeError) == 0) nb::raise_python_error();
    raise_surrogate(text.ptr());
  }
  return {data, static_cast<std::size_t>(size)};
}

nb::object parse_json(nb::handle text, bool comments, std::size_t max_depth, std::size_t max_string,
                      std::size_t max_bytes) {
  const JsonOptions options{comments, max_depth, max_string, max_bytes};
  const std::string_view utf8 = utf8_of(text);
  const CollectorPause pause;
  PythonBuilder builder;
  JsonReader<PythonBuilder> reader(utf8, options, builder);
  switch (reader.read()) {
    case JsonResult::kRead:
      break;
    case JsonResult::kInvalid:
      raise_json_error(reader.error());
    case JsonResult::kStopped:
      nb::raise_python_error();
  }
  return nb::steal(builder.take());
}

nb::bytes dump_python(nb::handle object, bool sort_keys, int indent) {
  if (indent < 0 || indent > 64) throw nb::value_error("indent must be between 0 and 64");
  PyObject* const bytes = dump_json(object.ptr(), {sort_keys, indent});
  if (bytes == nullptr) nb::raise_python_error();
  return nb::steal<nb::bytes>(bytes);
}

nb::object make_error_type() {
  nb::dict members;
  members["message"] = "";
  members["line"] = 0;
  members["column"] = 0;
  members["offset"] = 0;
  return nb::steal(PyErr_NewExceptionWithDoc(
      "py_forest.engine._native.JsonError",
      "A text is not JSON: `message` says why, `line` and `column` (from 1, in code points) and\n"
      "`offset` (from 0, in bytes of UTF-8) say where.",
      PyExc_ValueError, members.ptr()));
}

}  // namespace

void bind_json(nb::module_& m) {
  nb::object error_type = make_error_type();
  if (!error_type.is_valid()) nb::raise_python_error();
  m.attr("JsonError") = error_type;
  json_error_type = error_type.release().ptr();

  const JsonOptions defaults;
  m.def("parse_json", &parse_json, nb::arg("text"), nb::kw_only(),
        nb::arg("comments") = defaults.comments, nb::arg("max_depth") = defaults.max_depth,
        nb::arg("max_string") = defaults.max_string, nb::arg("max_bytes") = defaults.max_bytes,
        nb::sig("def parse_json(text: bytes | str, *, comments: bool = False, "
                "max_depth: int = 4096, max_string: int = 1048576, max_bytes: int = 536870912) "
                "-> object"),
        "Read a strict JSON text, or one with comments and trailing commas.\n\n"
        "Args:\n"
        "    text: UTF-8 bytes, or a str.\n"
        "    comments: Allow `//` and `/* */` comments and trailing commas.\n"
        "    max_depth: Arrays and objects inside one another.\n"
        "    max_string: UTF-8 bytes of one string or key.\n"
        "    max_bytes: UTF-8 bytes of the whole text.\n\n"
        "Returns:\n"
        "    A dict, list, str, int, float, bool or None.\n\n"
        "Raises:\n"
        "    JsonError: The text is not JSON, has a key twice in one object, an integer outside\n"
        "        64 bits, a number too large for a float, or exceeds a limit.");
  m.def(
      "dump_json", &dump_python, nb::arg("obj").none(), nb::kw_only(), nb::arg("sort_keys") = false,
      nb::arg("indent") = 0,
      nb::sig("def dump_json(obj: object, *, sort_keys: bool = False, indent: int = 0) -> bytes"),
      "Write a Python object as JSON in UTF-8.\n\n"
      "With `sort_keys` and no `indent` the text is canonical: equal documents give equal bytes.\n"
      "\n"
      "Args:\n"
      "    obj: A dict with str keys, list, tuple, str, int, float, bool or None, or a subclass.\n"
      "    sort_keys: Sort the keys of every object by code point.\n"
      "    indent: Spaces per level, at most 64; 0 for the compact form.\n\n"
      "Raises:\n"
      "    TypeError: Something in `obj` has no form in JSON.\n"
      "    ValueError: An integer exceeds 64 bits, a float is not finite, a str holds half of a\n"
      "        surrogate pair, or `obj` is nested too deep or cyclic.");
}

}  // namespace pyforest
