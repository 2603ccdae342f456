#include "json_dump.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "pyforest/json.h"
#include "python_text.h"

namespace pyforest {

namespace {

constexpr std::size_t kMaxDepth = 100'000;
constexpr std::size_t kChunk = std::size_t{256} << 10;

/// The UTF-8 text of a str. False with a Python exception set.
bool text_of(PyObject* string, std::string_view& out) {
  Py_ssize_t size = 0;
  const char* data = PyUnicode_AsUTF8AndSize(string, &size);
  if (data == nullptr) return false;
  out = std::string_view(data, static_cast<std::size_t>(size));
  return true;
}

class Dumper {
 public:
  explicit Dumper(const DumpOptions& options) : options_(options) {}

  bool run(PyObject* object) {
    PyObject* current = object;
    do {
      if (!write(current)) return false;
      if (out_.size() >= kChunk) store_chunk();
      current = nullptr;
      while (current == nullptr && !frames_.empty()) {
        if (!advance(current)) return false;
      }
    } while (current != nullptr);
    store_chunk();
    return true;
  }

  /// The whole text as bytes; null with a Python exception set.
  PyObject* text() const {
    std::size_t size = 0;
    for (const std::string& chunk : chunks_) size += chunk.size();
    PyObject* const bytes = PyBytes_FromStringAndSize(nullptr, static_cast<Py_ssize_t>(size));
    if (bytes == nullptr) return nullptr;
    char* at = PyBytes_AsString(bytes);
    for (const std::string& chunk : chunks_) at = std::copy(chunk.begin(), chunk.end(), at);
    return bytes;
  }

 private:
  enum class Kind : std::uint8_t { kList, kTuple, kDict, kSortedDict };

  struct Frame {
    PyObject* container;
    Py_ssize_t next;   ///< index of the next item, or the position that PyDict_Next keeps
    PyObject* key;     ///< the key of the item that is being written; null for lists
    std::size_t base;  ///< where the members of a sorted dict begin in `members_`
    Kind kind;
    bool empty;  ///< nothing has been written between the brackets
  };

  struct Member {
    std::string_view name;
    PyObject* key;
    PyObject* value;
  };

  bool write(PyObject* object) {
    PyTypeObject* const type = Py_TYPE(object);
    if (type == &PyUnicode_Type) return write_string(object);
    if (type == &PyDict_Type) return open_dict(object);
    if (type == &PyList_Type) return open(object, Kind::kList);
    if (object == Py_None) return write_word("null");
    if (object == Py_True) return write_word("true");
    if (object == Py_False) return write_word("false");
    if (PyLong_Check(object)) return write_int(object);
    if (PyFloat_Check(object)) return write_float(object);
    if (PyUnicode_Check(object)) return write_string(object);
    if (PyDict_Check(object)) return open_dict(object);
    if (PyList_Check(object)) return open(object, Kind::kList);
    if (PyTuple_Check(object)) return open(object, Kind::kTuple);
    return refuse(PyExc_TypeError, a_type_name(object) + " is not a JSON value");
  }

  void store_chunk() {
    chunks_.push_back(std::move(out_));
    out_.clear();
  }

  bool write_word(std::string_view word) {
    out_ += word;
    return true;
  }

  bool write_int(PyObject* object) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(object, &overflow);
    if (overflow != 0) {
      return refuse(PyExc_ValueError, "the integer is outside the 64-bit range");
    }
    append_json_int(number, out_);
    return true;
  }

  bool write_float(PyObject* object) {
    const double number = PyFloat_AsDouble(object);
    if (!std::isfinite(number)) {
      return refuse(PyExc_ValueError, std::isnan(number) ? "NaN is not a JSON value"
                                                         : "infinity is not a JSON value");
    }
    append_json_float(number, out_);
    return true;
  }

  bool write_string(PyObject* object) {
    std::string_view text;
    if (!text_of(object, text)) return refuse_text("the string");
    append_json_string(text, out_);
    return true;
  }

  bool open(PyObject* object, Kind kind) {
    if (frames_.size() >= kMaxDepth || is_own_ancestor(object)) {
      return refuse(PyExc_ValueError, "nested too deep or cyclic");
    }
    frames_.push_back({object, 0, nullptr, members_.size(), kind, true});
    out_ += kind == Kind::kList || kind == Kind::kTuple ? '[' : '{';
    return true;
  }

  /// Whether a cycle shows. One ancestor is looked at, whose depth doubles on the way down: enough
  /// to find every cycle long before its output fills the memory.
  bool is_own_ancestor(PyObject* object) const noexcept {
    const std::size_t depth = frames_.size();
    return depth > 0 && frames_[std::bit_floor(depth) - 1].container == object;
  }

  bool open_dict(PyObject* object) {
    if (!options_.sort_keys) return open(object, Kind::kDict);
    if (!open(object, Kind::kSortedDict)) return false;
    const auto base = static_cast<std::ptrdiff_t>(members_.size());
    Py_ssize_t position = 0;
    Member member{};
    while (PyDict_Next(object, &position, &member.key, &member.value) != 0) {
      if (!key_text(member.key, member.name)) return false;
      members_.push_back(member);
    }
    // Bytes of UTF-8 sort as the code points do.
    std::sort(members_.begin() + base, members_.end(),
              [](const Member& a, const Member& b) { return a.name < b.name; });
    return true;
  }

  bool key_text(PyObject* key, std::string_view& text) {
    if (!PyUnicode_Check(key)) {
      return refuse(PyExc_TypeError, "a key must be a str, yet one is " + a_type_name(key));
    }
    return text_of(key, text) || refuse_text("a key");
  }

  /// Goes on to the next item of the innermost container, or closes it and leaves `item` null.
  bool advance(PyObject*& item) {
    Frame& frame = frames_.back();
    std::string_view name;
    switch (frame.kind) {
      case Kind::kList:
        if (frame.next < PyList_Size(frame.container)) {
          item = PyList_GetItem(frame.container, frame.next++);
        }
        break;
      case Kind::kTuple:
        if (frame.next < PyTuple_Size(frame.container)) {
          item = PyTuple_GetItem(frame.container, frame.next++);
        }
        break;
      case Kind::kDict:
        if (PyDict_Next(frame.container, &frame.next, &frame.key, &item) != 0) {
          PyObject* const key = std::exchange(frame.key, nullptr);
          if (!key_text(key, name)) return false;
          frame.key = key;
        }
        break;
      case Kind::kSortedDict: {
        const std::size_t i = frame.base + static_cast<std::size_t>(frame.next++);
        if (i < members_.size()) {
          name = members_[i].name;
          frame.key = members_[i].key;
          item = members_[i].value;
        }
        break;
      }
    }
    if (item == nullptr) {
      close();
      return true;
    }
    if (!frame.empty) out_ += ',';
    frame.empty = false;
    if (options_.indent > 0) break_line(frames_.size());
    if (frame.kind == Kind::kDict || frame.kind == Kind::kSortedDict) {
      append_json_string(name, out_);
      out_ += ':';
      if (options_.indent > 0) out_ += ' ';
    }
    return true;
  }

  void close() {
    const Frame frame = frames_.back();
    frames_.pop_back();
    members_.resize(frame.base);
    if (options_.indent > 0 && !frame.empty) break_line(frames_.size());
    out_ += frame.kind == Kind::kList || frame.kind == Kind::kTuple ? ']' : '}';
  }

  void break_line(std::size_t level) {
    out_ += '\n';
    out_.append(level * static_cast<std::size_t>(options_.indent), ' ');
  }

  bool refuse_text(const char* what) {
    if (!PyErr_ExceptionMatches(PyExc_UnicodeEncodeError)) return false;
    PyErr_Clear();
    return refuse(PyExc_ValueError, std::string(what) + " holds half of a surrogate pair");
  }

  /// Sets an exception that says where the offending object is.
  bool refuse(PyObject* exception, const std::string& message) {
    const std::string where = pointer();
    set_python_error(exception, where.empty() ? message : message + " (at " + where + ")");
    return false;
  }

  /// The JSON pointer to the item that is being written.
  std::string pointer() const {
    constexpr std::size_t kShown = 200;
    std::string out;
    for (const Frame& frame : frames_) {
      if (out.size() > kShown) return out + "/\xE2\x80\xA6";
      // Before the first item it is the container itself that is at fault.
      if (frame.kind == Kind::kList || frame.kind == Kind::kTuple) {
        if (frame.next > 0) append_pointer_step(frame.next - 1, out);
      } else if (std::string_view name; frame.key != nullptr && text_of(frame.key, name)) {
        append_pointer_step(name, out);
      }
    }
    return out;
  }

  const DumpOptions options_;
  std::string out_;                  ///< the chunk that grows
  std::vector<std::string> chunks_;  ///< the text before it: one string would be copied as it grows
  std::vector<Frame> frames_;
  std::vector<Member> members_;  ///< of the sorted dicts that are open, in one stack
};

}  // namespace

PyObject* dump_json(PyObject* object, const DumpOptions& options) {
  Dumper dumper(options);
  return dumper.run(object) ? dumper.text() : nullptr;
}

}  // namespace pyforest
