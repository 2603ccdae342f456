#include "python_text.h"

#include <cstddef>

namespace pyforest {

std::string a_type_name(PyObject* object) {
  std::string name = "object";
  auto* const type = reinterpret_cast<PyObject*>(Py_TYPE(object));
  if (PyObject* text = PyObject_GetAttrString(type, "__name__"); text != nullptr) {
    Py_ssize_t size = 0;
    const char* data = PyUnicode_AsUTF8AndSize(text, &size);
    if (data != nullptr) name.assign(data, static_cast<std::size_t>(size));
    Py_DECREF(text);
  }
  PyErr_Clear();
  const bool vowel =
      !name.empty() && std::string_view("aeiouAEIOU").find(name.front()) != std::string_view::npos;
  return (vowel ? "an " : "a ") + name;
}

void append_pointer_step(std::string_view name, std::string& pointer) {
  constexpr std::size_t kShown = 80;
  pointer += '/';
  std::size_t length = name.size();
  if (length > kShown) {
    length = kShown;
    while (length > 0 && (static_cast<unsigned char>(name[length]) & 0xC0U) == 0x80U) --length;
  }
  for (const char c : name.substr(0, length)) {
    if (c == '~') {
      pointer += "~0";
    } else if (c == '/') {
      pointer += "~1";
    } else {
      pointer += c;
    }
  }
  if (length < name.size()) pointer += "\xE2\x80\xA6";
}

void append_pointer_step(Py_ssize_t index, std::string& pointer) {
  pointer += '/';
  pointer += std::to_string(index);
}

void set_python_error(PyObject* exception, std::string_view message) {
  PyObject* text =
      PyUnicode_FromStringAndSize(message.data(), static_cast<Py_ssize_t>(message.size()));
  if (text == nullptr) return;
  PyErr_SetObject(exception, text);
  Py_DECREF(text);
}

}  // namespace pyforest
