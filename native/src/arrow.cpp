#include "pyforest/arrow.h"

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace pyforest {

namespace {

struct ReleaseSchema {
  void operator()(ArrowSchema* schema) const {
    if (schema->release != nullptr) schema->release(schema);
    delete schema;
  }
};

std::size_t metadata_size(const char* metadata) {
  if (metadata == nullptr) return 0;
  auto number = [&](std::size_t at) {
    std::int32_t n = 0;
    std::memcpy(&n, metadata + at, sizeof n);
    return n;
  };
  std::size_t at = 4;
  for (std::int32_t pairs = number(0), i = 0; i < 2 * pairs; ++i) {
    const std::int32_t size = number(at);
    at += 4 + static_cast<std::size_t>(size);
  }
  return at;
}

ColumnType import_type(const ArrowSchema& schema) {
  ColumnType out;
  out.format = schema.format == nullptr ? "" : schema.format;
  out.name = schema.name == nullptr ? "" : schema.name;
  out.metadata.assign(schema.metadata == nullptr ? "" : schema.metadata,
                      metadata_size(schema.metadata));
  out.flags = schema.flags;
  for (std::int64_t i = 0; i < schema.n_children; ++i) {
    out.children.push_back(import_type(*schema.children[i]));
  }
  if (schema.dictionary != nullptr) {
    out.dictionary = std::make_unique<ColumnType>(import_type(*schema.dictionary));
  }
  return out;
}

Column import_column(const ArrowArray& array, const std::shared_ptr<const void>& owner) {
  Column out;
  out.length = array.length;
  out.null_count = array.null_count;
  out.offset = array.offset;
  out.buffers.assign(array.buffers, array.buffers + array.n_buffers);
  for (std::int64_t i = 0; i < array.n_children; ++i) {
    out.children.push_back(import_column(*array.children[i], owner));
  }
  if (array.dictionary != nullptr) {
    out.dictionary = std::make_unique<Column>(import_column(*array.dictionary, owner));
  }
  out.owner = owner;
  return out;
}

std::vector<ColumnType> import_types(const ArrowSchema& schema) {
  if (schema.format == nullptr || std::strcmp(schema.format, "+s") != 0) {
    throw std::invalid_argument("this is a single Arrow column; a table is needed");
  }
  return import_type(schema).children;
}

TableChunk import_chunk(std::shared_ptr<ArrowArray> array, std::size_t columns) {
  if (array->n_children != static_cast<std::int64_t>(columns)) {
    throw std::invalid_argument("an Arrow batch has other columns than its schema");
  }
  TableChunk out;
  out.rows = array->length;
  for (std::int64_t i = 0; i < array->n_children; ++i) {
    Column column = import_column(*array->children[i], array);
    // A slice of the struct is a slice of each of its columns.
    if (array->offset != 0 || column.length != array->length) column.null_count = -1;
    column.offset += array->offset;
    column.length = array->length;
    out.columns.push_back(std::move(column));
  }
  return out;
}

std::shared_ptr<ArrowArray> own(ArrowArray* array) {
  auto moved = std::make_unique<ArrowArray>(*array);
  array->release = nullptr;
  return {moved.release(), [](ArrowArray* held) {
            if (held->release != nullptr) held->release(held);
            delete held;
          }};
}

}  // namespace

Table read_array(ArrowSchema* schema, ArrowArray* array) {
  Table out;
  out.types = import_types(*schema);
  out.chunks.push_back(import_chunk(own(array), out.types.size()));
  return out;
}

Table read_stream(ArrowArrayStream* stream) {
  auto check = [&](int code) {
    if (code == 0) return;
    const char* why = stream->get_last_error == nullptr ? nullptr : stream->get_last_error(stream);
    throw std::invalid_argument(std::string("the table cannot be read: ") +
                                (why == nullptr ? std::strerror(code) : why));
  };
  std::unique_ptr<ArrowSchema, ReleaseSchema> schema(new ArrowSchema{});
  check(stream->get_schema(stream, schema.get()));
  Table out;
  out.types = import_types(*schema);
  while (true) {
    ArrowArray array{};
    check(stream->get_next(stream, &array));
    if (array.release == nullptr) break;
    out.chunks.push_back(import_chunk(own(&array), out.types.size()));
  }
  return out;
}

Column share_column(const Column& column) {
  Column out;
  out.length = column.length;
  out.null_count = column.null_count;
  out.offset = column.offset;
  out.buffers = column.buffers;
  for (const Column& child : column.children) out.children.push_back(share_column(child));
  if (column.dictionary)
    out.dictionary = std::make_unique<Column>(share_column(*column.dictionary));
  out.owner = column.owner;
  return out;
}

ColumnType copy_type(const ColumnType& type) {
  ColumnType out;
  out.format = type.format;
  out.name = type.name;
  out.metadata = type.metadata;
  out.flags = type.flags;
  for (const ColumnType& child : type.children) out.children.push_back(copy_type(child));
  if (type.dictionary) out.dictionary = std::make_unique<ColumnType>(copy_type(*type.dictionary));
  return out;
}

namespace {

struct ExportedSchema {
  ColumnType type;
  std::vector<ArrowSchema> children;
  std::vector<ArrowSchema*> child_pointers;
  ArrowSchema dictionary{};
};

void export_type(ColumnType&& type, ArrowSchema* out) {
  auto held = std::make_unique<ExportedSchema>();
  held->type = std::move(type);
  held->children.resize(held->type.children.size());
  for (std::size_t i = 0; i < held->children.size(); ++i) {
    export_type(std::move(held->type.children[i]), &held->children[i]);
    held->child_pointers.push_back(&held->children[i]);
  }
  *out = {};
  if (held->type.dictionary) {
    export_type(std::move(*held->type.dictionary), &held->dictionary);
    out->dictionary = &held->dictionary;
  }
  out->format = held->type.format.c_str();
  out->name = held->type.name.c_str();
  out->metadata = held->type.metadata.empty() ? nullptr : held->type.metadata.data();
  out->flags = held->type.flags;
  out->n_children = static_cast<std::int64_t>(held->child_pointers.size());
  out->children = held->child_pointers.empty() ? nullptr : held->child_pointers.data();
  out->release = [](ArrowSchema* schema) {
    std::unique_ptr<ExportedSchema> owned(static_cast<ExportedSchema*>(schema->private_data));
    for (ArrowSchema* child : owned->child_pointers) {
      if (child->release != nullptr) child->release(child);
    }
    if (owned->dictionary.release != nullptr) owned->dictionary.release(&owned->dictionary);
    schema->release = nullptr;
  };
  out->private_data = held.release();
}

struct ExportedArray {
  Column column;
  std::vector<ArrowArray> children;
  std::vector<ArrowArray*> child_pointers;
  ArrowArray dictionary{};
};

void export_column(Column&& column, ArrowArray* out) {
  auto held = std::make_unique<ExportedArray>();
  held->column = std::move(column);
  held->children.resize(held->column.children.size());
  for (std::size_t i = 0; i < held->children.size(); ++i) {
    export_column(std::move(held->column.children[i]), &held->children[i]);
    held->child_pointers.push_back(&held->children[i]);
  }
  *out = {};
  if (held->column.dictionary) {
    export_column(std::move(*held->column.dictionary), &held->dictionary);
    out->dictionary = &held->dictionary;
  }
  out->length = held->column.length;
  out->null_count = held->column.null_count;
  out->offset = held->column.offset;
  out->n_buffers = static_cast<std::int64_t>(held->column.buffers.size());
  out->buffers = held->column.buffers.data();
  out->n_children = static_cast<std::int64_t>(held->child_pointers.size());
  out->children = held->child_pointers.empty() ? nullptr : held->child_pointers.data();
  out->release = [](ArrowArray* array) {
    std::unique_ptr<ExportedArray> owned(static_cast<ExportedArray*>(array->private_data));
    for (ArrowArray* child : owned->child_pointers) {
      if (child->release != nullptr) child->release(child);
    }
    if (owned->dictionary.release != nullptr) owned->dictionary.release(&owned->dictionary);
    array->release = nullptr;
  };
  out->private_data = held.release();
}

struct ExportedStream {
  std::shared_ptr<const Table> table;
  std::size_t next = 0;
};

int next_chunk(ArrowArrayStream* stream, ArrowArray* out) {
  auto* held = static_cast<ExportedStream*>(stream->private_data);
  *out = {};
  if (held->next == held->table->chunks.size()) return 0;
  const TableChunk& chunk = held->table->chunks[held->next++];
  Column row;
  row.length = chunk.rows;
  row.null_count = 0;
  row.buffers = {nullptr};
  for (const Column& column : chunk.columns) row.children.push_back(share_column(column));
  export_column(std::move(row), out);
  return 0;
}

}  // namespace

void write_stream(std::shared_ptr<const Table> table, ArrowArrayStream* out) {
  *out = {};
  out->get_schema = [](ArrowArrayStream* stream, ArrowSchema* schema) {
    const auto* held = static_cast<ExportedStream*>(stream->private_data);
    ColumnType type;
    type.format = "+s";
    type.flags = 0;
    for (const ColumnType& column : held->table->types) type.children.push_back(copy_type(column));
    export_type(std::move(type), schema);
    return 0;
  };
  out->get_next = next_chunk;
  out->get_last_error = [](ArrowArrayStream*) -> const char* { return nullptr; };
  out->release = [](ArrowArrayStream* stream) {
    delete static_cast<ExportedStream*>(stream->private_data);
    stream->release = nullptr;
  };
  out->private_data = new ExportedStream{std::move(table), 0};
}

}  // namespace pyforest
