#include "gui/canvas/palette_widget.hpp"

#include <algorithm>
#include <cmath>
#include <QApplication>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QSortFilterProxyModel>
#include <QStyledItemDelegate>
#include <QTreeView>
#include <QVBoxLayout>

#include "gui/shell/theme.hpp"

namespace faultline::gui {
namespace {

/// Ids of the shelves; their entries carry the shelf's number and one.
constexpr quintptr shelf_id = 0;

/// Keeps the entries that have every word of the search, and the shelves that still hold any.
class PaletteFilter final : public QSortFilterProxyModel {
 public:
  explicit PaletteFilter(QObject* parent) : QSortFilterProxyModel(parent) {
    setRecursiveFilteringEnabled(true);
  }
  void setWords(const QString& text) {
    words_ = text.simplified().toLower().split(QLatin1Char(' '), Qt::SkipEmptyParts);
    invalidateFilter();
  }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    const QString text = index.data(PaletteModel::searchRole).toString();
    if (text.isEmpty()) return false;  // A shelf: its entries decide.
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word); });
  }

 private:
  QStringList words_;
};

/// What a chip has beside its name: margins, and the square of colour.
constexpr double chip_margin = 2.5;
constexpr int chip_left = 28;
constexpr int chip_right = 6;
constexpr int chip_around = 5 + chip_left + chip_right;

QFont shelfFont() {
  QFont font = Theme::instance().smallFont();
  font.setBold(true);
  font.setCapitalization(QFont::AllUppercase);
  return font;
}

/// Shelves as small headings, entries as chips with the colour of their shelf. A name that is too
/// long for a line takes two.
class PaletteDelegate final : public QStyledItemDelegate {
 public:
  explicit PaletteDelegate(QTreeView* view) : QStyledItemDelegate(view), view_(*view) {}

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override {
    const bool chip = index.parent().isValid();
    const QFont font = chip ? Theme::instance().font() : shelfFont();
    const int width = view_.viewport()->width() - (chip ? chip_around : 8);
    const QRect text = QFontMetrics(font).boundingRect(QRect(0, 0, std::max(width, 40), 1000),
                                                       Qt::AlignLeft | Qt::TextWordWrap,
                                                       index.data(Qt::DisplayRole).toString());
    return {100, text.height() + (chip ? 16 : 12)};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QString title = index.data(Qt::DisplayRole).toString();
    if (!index.parent().isValid()) {
      painter->setFont(shelfFont());
      painter->setPen(theme.mutedText());
      painter->drawText(option.rect.adjusted(4, 6, -4, 0),
                        Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, title);
    } else {
      const QRectF chip =
          QRectF(option.rect).adjusted(chip_margin, chip_margin, -chip_margin, -chip_margin);
      const bool chosen = option.state & QStyle::State_Selected;
      const bool focused = option.state & QStyle::State_HasFocus;
      const bool hover = option.state & QStyle::State_MouseOver;
      painter->setPen(QPen(chosen || focused || hover ? theme.accent() : theme.border(),
                           chosen && focused ? 2 : 1));
      painter->setBrush(theme.raised());
      painter->drawRoundedRect(chip, 5, 5);
      painter->setPen(Qt::NoPen);
      painter->setBrush(index.data(Qt::DecorationRole).value<QColor>());
      painter->drawRoundedRect(QRectF(chip.left() + 9, chip.center().y() - 5, 10, 10), 2, 2);
      painter->setPen(theme.text());
      painter->setFont(theme.font());
      painter->drawText(chip.adjusted(chip_left, 0, -chip_right, 0),
                        Qt::AlignLeft | Qt::AlignVCenter | Qt::TextWordWrap, title);
    }
    painter->restore();
  }

 private:
  const QTreeView& view_;
};

}  // namespace

PaletteModel::PaletteModel(QObject* parent, const QStringList& only)
    : QAbstractItemModel(parent), only_(only) {
  build();
}

void PaletteModel::build() {
  shelves_.clear();
  const std::vector<QString> categories = componentCategories();
  for (std::size_t i = 0; i < categories.size(); ++i) {
    Shelf shelf{categories[i], {}};
    for (const ComponentType& type : componentTypes()) {
      if (type.category == static_cast<int>(i) && (only_.isEmpty() || only_.contains(type.name))) {
        shelf.types.push_back(type);
      }
    }
    if (!shelf.types.empty()) shelves_.push_back(std::move(shelf));
  }
  if (only_.isEmpty()) {
    shelves_.push_back(
        {tr("Drawing"),
         {{QLatin1String(palette_zone), tr("Zone"),
           tr("A place where nodes stand: a data centre, an availability zone."), -1},
          {QLatin1String(palette_note), tr("Note"),
           tr("A text beside the design; it does nothing."), -1}}});
  }
}

void PaletteModel::retranslate() {
  beginResetModel();
  build();
  endResetModel();
}

QModelIndex PaletteModel::index(int row, int column, const QModelIndex& parent) const {
  if (!hasIndex(row, column, parent)) return {};
  return createIndex(row, column,
                     parent.isValid() ? static_cast<quintptr>(parent.row()) + 1 : shelf_id);
}

QModelIndex PaletteModel::parent(const QModelIndex& child) const {
  if (!child.isValid() || child.internalId() == shelf_id) return {};
  return createIndex(static_cast<int>(child.internalId() - 1), 0, shelf_id);
}

int PaletteModel::rowCount(const QModelIndex& parent) const {
  if (!parent.isValid()) return static_cast<int>(shelves_.size());
  if (parent.internalId() != shelf_id || parent.column() != 0) return 0;
  return static_cast<int>(shelves_[static_cast<std::size_t>(parent.row())].types.size());
}

int PaletteModel::columnCount(const QModelIndex&) const { return 1; }

QVariant PaletteModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  if (index.internalId() == shelf_id) {
    if (role == Qt::DisplayRole) return shelves_[static_cast<std::size_t>(index.row())].title;
    return {};
  }
  const Shelf& shelf = shelves_[static_cast<std::size_t>(index.internalId() - 1)];
  const ComponentType& type = shelf.types[static_cast<std::size_t>(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return type.title;
    case Qt::ToolTipRole:
      return type.summary.isEmpty()
                 ? type.title
                 : QStringLiteral("<b>%1</b><br>%2")
                       .arg(type.title.toHtmlEscaped(), type.summary.toHtmlEscaped());
    case Qt::AccessibleDescriptionRole:
      return type.summary;
    case Qt::DecorationRole:
      return categoryColor(type.category);
    case typeRole:
      return type.name;
    case searchRole:
      return (type.title + QLatin1Char(' ') + type.name + QLatin1Char(' ') + shelf.title).toLower();
    default:
      return {};
  }
}

Qt::ItemFlags PaletteModel::flags(const QModelIndex& index) const {
  if (!index.isValid()) return Qt::NoItemFlags;
  if (index.internalId() == shelf_id) return Qt::ItemIsEnabled;
  return Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsDragEnabled |
         Qt::ItemNeverHasChildren;
}

QStringList PaletteModel::mimeTypes() const { return {QLatin1String(palette_mime)}; }

QMimeData* PaletteModel::mimeData(const QModelIndexList& indexes) const {
  if (indexes.isEmpty()) return nullptr;
  auto* mime = new QMimeData;
  mime->setData(QLatin1String(palette_mime), indexes.front().data(typeRole).toString().toUtf8());
  return mime;
}

PaletteWidget::PaletteWidget(QWidget* parent, const QStringList& only)
    : QWidget(parent),
      model_(new PaletteModel(this, only)),
      proxy_(new PaletteFilter(this)),
      search_(new QLineEdit(this)),
      view_(new QTreeView(this)) {
  setObjectName(QStringLiteral("palette"));
  setAccessibleName(tr("Palette"));
  proxy_->setSourceModel(model_);
  search_->setObjectName(QStringLiteral("paletteSearch"));
  search_->setClearButtonEnabled(true);
  search_->installEventFilter(this);
  view_->setObjectName(QStringLiteral("paletteTypes"));
  view_->setModel(proxy_);
  view_->setItemDelegate(new PaletteDelegate(view_));
  view_->setHeaderHidden(true);
  view_->setRootIsDecorated(false);
  view_->setIndentation(0);
  view_->setItemsExpandable(false);
  view_->setDragEnabled(true);
  view_->setDragDropMode(QAbstractItemView::DragOnly);
  view_->setMouseTracking(true);
  view_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
  view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  view_->setFrameShape(QFrame::NoFrame);
  view_->expandAll();
  view_->installEventFilter(this);
  view_->viewport()->installEventFilter(this);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(8, 8, 8, 8);
  layout->setSpacing(6);
  layout->addWidget(search_);
  layout->addWidget(view_);
  setTabOrder(search_, view_);
  connect(search_, &QLineEdit::textChanged, this, &PaletteWidget::filter);
  connect(view_, &QTreeView::doubleClicked, this, &PaletteWidget::take);
  // In the popup of a wire one click is enough: there is nothing to drag it to.
  if (!only.isEmpty()) connect(view_, &QTreeView::clicked, this, &PaletteWidget::take);
  connect(&Theme::instance(), &Theme::changed, this, [this] {
    model_->retranslate();
    view_->expandAll();
  });
  QEvent translated(QEvent::LanguageChange);
  changeEvent(&translated);
}

QSize PaletteWidget::sizeHint() const { return {std::max(200, minimumSizeHint().width()), 420}; }

/// Wide enough for the longest word: names wrap, words are not cut.
QSize PaletteWidget::minimumSizeHint() const {
  double longest = 0;
  const QFontMetricsF metrics(Theme::instance().font());
  const QFontMetricsF shelves(shelfFont());
  for (int row = 0; row < model_->rowCount(); ++row) {
    const QModelIndex shelf = model_->index(row, 0);
    for (const QString& word : shelf.data().toString().split(' ')) {
      longest = std::max(longest, shelves.horizontalAdvance(word) + 8);
    }
    for (int entry = 0; entry < model_->rowCount(shelf); ++entry) {
      for (const QString& word : model_->index(entry, 0, shelf).data().toString().split(' ')) {
        longest = std::max(longest, metrics.horizontalAdvance(word) + chip_around);
      }
    }
  }
  const QMargins margins = layout()->contentsMargins();
  const int bar = view_->verticalScrollBar()->sizeHint().width();
  return {static_cast<int>(std::ceil(longest)) + bar + margins.left() + margins.right() + 1,
          QWidget::minimumSizeHint().height()};
}

void PaletteWidget::focusSearch() { search_->setFocus(); }

void PaletteWidget::filter(const QString& text) {
  static_cast<PaletteFilter*>(proxy_)->setWords(text);
  view_->expandAll();
  // The first that is left is what Enter takes.
  const QModelIndex shelf = proxy_->index(0, 0);
  view_->setCurrentIndex(text.isEmpty() || !shelf.isValid() ? QModelIndex()
                                                            : proxy_->index(0, 0, shelf));
}

void PaletteWidget::take(const QModelIndex& index) {
  const QString type = index.data(PaletteModel::typeRole).toString();
  if (!type.isEmpty()) Q_EMIT chosen(type);
}

bool PaletteWidget::eventFilter(QObject* watched, QEvent* event) {
  // In how many lines a name stands depends on the width.
  if (watched == view_->viewport() && event->type() == QEvent::Resize) view_->doItemsLayout();
  if (event->type() == QEvent::KeyPress) {
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if (enter) {
      QModelIndex index = view_->currentIndex();
      if (!index.parent().isValid()) index = proxy_->index(0, 0, proxy_->index(0, 0));
      take(index);
      return true;
    }
    const bool vertical = key->key() == Qt::Key_Down || key->key() == Qt::Key_Up;
    if (watched == search_ && vertical) {
      QApplication::sendEvent(view_, event);
      return true;
    }
  }
  return QWidget::eventFilter(watched, event);
}

void PaletteWidget::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) {
    search_->setPlaceholderText(tr("Search components"));
    search_->setAccessibleName(tr("Search components"));
    view_->setAccessibleName(tr("Components"));
    setAccessibleName(tr("Palette"));
    model_->retranslate();
    view_->expandAll();
    updateGeometry();
  }
  QWidget::changeEvent(event);
}

}  // namespace faultline::gui
