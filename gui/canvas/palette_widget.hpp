/// The palette: the types of component by category, with a search. An entry is dragged onto the
/// canvas, or put in its middle by Enter.
#pragma once

#include <QAbstractItemModel>
#include <QStringList>
#include <QWidget>
#include <vector>

#include "gui/canvas/component_types.hpp"

class QLineEdit;
class QSortFilterProxyModel;
class QTreeView;

namespace faultline::gui {

/// What a drag from the palette carries: the name of a type as UTF-8, or one of the two below.
inline constexpr const char* palette_mime = "application/x-faultline-type";
inline constexpr const char* palette_zone = "#zone";
inline constexpr const char* palette_note = "#note";

/// Categories with the types under them, and the things that are drawn beside components.
class PaletteModel final : public QAbstractItemModel {
  Q_OBJECT
 public:
  static constexpr int typeRole = Qt::UserRole + 1;  ///< Name of the type; empty for a category.
  static constexpr int searchRole = Qt::UserRole + 2;

  /// With `only` not empty, these types and nothing else.
  explicit PaletteModel(QObject* parent = nullptr, const QStringList& only = {});

  QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
  QModelIndex parent(const QModelIndex& child) const override;
  int rowCount(const QModelIndex& parent = {}) const override;
  int columnCount(const QModelIndex& parent = {}) const override;
  QVariant data(const QModelIndex& index, int role = Qt::DisplayRole) const override;
  Qt::ItemFlags flags(const QModelIndex& index) const override;
  QStringList mimeTypes() const override;
  QMimeData* mimeData(const QModelIndexList& indexes) const override;
  void retranslate();

 private:
  struct Shelf {
    QString title;
    std::vector<ComponentType> types;
  };
  void build();

  QStringList only_;
  std::vector<Shelf> shelves_;
};

class PaletteWidget final : public QWidget {
  Q_OBJECT
 public:
  /// With `only` not empty, it offers these types and nothing else.
  explicit PaletteWidget(QWidget* parent = nullptr, const QStringList& only = {});
  void focusSearch();
  QSize sizeHint() const override;
  QSize minimumSizeHint() const override;

 Q_SIGNALS:
  void chosen(
      const QString& type);  ///< By Enter or double click; palette_zone and palette_note too.

 protected:
  void changeEvent(QEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;

 private:
  void filter(const QString& text);
  void take(const QModelIndex& index);

  PaletteModel* model_;
  QSortFilterProxyModel* proxy_;
  QLineEdit* search_;
  QTreeView* view_;
};

}  // namespace faultline::gui
