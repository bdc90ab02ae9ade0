#include "gui/shell/gallery.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <QCoreApplication>
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QHBoxLayout>
#include <QJsonDocument>
#include <QJsonObject>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QPainter>
#include <QPushButton>
#include <QScreen>
#include <QSortFilterProxyModel>
#include <QStandardItemModel>
#include <QStandardPaths>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QTimer>
#include <QVBoxLayout>

#include "gui/canvas/topology_image.hpp"
#include "gui/document/document.hpp"
#include "gui/shell/language.hpp"
#include "gui/shell/theme.hpp"

namespace faultline::gui {

namespace {

constexpr int picture_role = Qt::UserRole + 1;
constexpr int path_role = Qt::UserRole + 2;
constexpr int shelf_role = Qt::UserRole + 3;
constexpr int description_role = Qt::UserRole + 4;
constexpr int search_role = Qt::UserRole + 5;

constexpr QSize picture_size(264, 132);
constexpr int margin = 8;

/// A picture, a title, and two lines.
class CardDelegate : public QStyledItemDelegate {
 public:
  using QStyledItemDelegate::QStyledItemDelegate;

  QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override {
    const int line = QFontMetrics(Theme::instance().font()).height();
    const int small = QFontMetrics(Theme::instance().smallFont()).height();
    return {picture_size.width() + margin + 9,
            picture_size.height() + line + 3 * small + 2 * margin + 20};
  }

  void paint(QPainter* painter, const QStyleOptionViewItem& option,
             const QModelIndex& index) const override {
    const Theme& theme = Theme::instance();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const QRectF card = QRectF(option.rect).adjusted(4.5, 4.5, -4.5, -4.5);
    const bool selected = option.state & QStyle::State_Selected;
    const bool under_mouse = option.state & QStyle::State_MouseOver;
    painter->setPen(
        QPen(selected || under_mouse ? theme.accent() : theme.border(), selected ? 2 : 1));
    painter->setBrush(theme.surface());
    painter->drawRoundedRect(card, 8, 8);
    const QRect picture(int(card.left()) + margin - 4, int(card.top()) + margin - 4,
                        picture_size.width(), picture_size.height());
    const QImage image = index.data(picture_role).value<QImage>();
    if (image.isNull()) {
      painter->fillRect(picture, theme.canvas());
    } else {
      painter->drawImage(picture, image);
    }
    QRect text = picture.translated(0, picture.height() + 8).adjusted(4, 0, -4, 0);
    painter->setFont(theme.boldFont());
    painter->setPen(theme.text());
    const QFontMetrics bold(theme.boldFont());
    text.setHeight(bold.height());
    painter->drawText(
        text, Qt::AlignLeft | Qt::AlignVCenter,
        bold.elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, text.width()));
    painter->setFont(theme.smallFont());
    painter->setPen(theme.mutedText());
    drawLines(painter, index.data(description_role).toString(),
              QPoint(text.left(), text.bottom() + 4), text.width(), 3);
    painter->restore();
  }

 private:
  /// At most `lines`, the last one cut with dots.
  static void drawLines(QPainter* painter, const QString& text, QPoint at, int width, int lines) {
    QTextLayout layout(text, painter->font());
    layout.beginLayout();
    const QFontMetrics metrics(painter->font());
    for (int i = 0; i < lines; ++i) {
      QTextLine line = layout.createLine();
      if (!line.isValid()) break;
      line.setLineWidth(width);
      QString part = text.mid(line.textStart(), line.textLength());
      if (i + 1 == lines) {
        part = metrics.elidedText(text.mid(line.textStart()), Qt::ElideRight, width);
      }
      painter->drawText(QPoint(at.x(), at.y() + metrics.ascent() + i * metrics.height()),
                        part.trimmed());
    }
    layout.endLayout();
  }
};

/// One shelf, or all, and what holds every word of the search.
class CardFilter : public QSortFilterProxyModel {
 public:
  using QSortFilterProxyModel::QSortFilterProxyModel;
  void setShelf(const QString& shelf) {
    shelf_ = shelf;
    invalidateFilter();
  }
  void setWords(const QString& text) {
    words_ = text.toLower().split(' ', Qt::SkipEmptyParts);
    invalidateFilter();
  }

 protected:
  bool filterAcceptsRow(int row, const QModelIndex& parent) const override {
    const QModelIndex index = sourceModel()->index(row, 0, parent);
    if (!shelf_.isEmpty() && index.data(shelf_role).toString() != shelf_) return false;
    const QString text = index.data(search_role).toString();
    return std::all_of(words_.begin(), words_.end(),
                       [&](const QString& word) { return text.contains(word); });
  }

 private:
  QString shelf_;
  QStringList words_;
};

std::optional<TemplateFile> readTemplate(const QString& path, const QString& shelf) {
  QFile file(path);
  if (!file.open(QIODevice::ReadOnly)) return {};
  const QByteArray text = file.readAll();
  const auto json =
      nlohmann::json::parse(text.constData(), text.constData() + text.size(), nullptr, false, true);
  if (!json.is_object() || !json.contains("nodes")) return {};
  const auto word = [&](const char* key) {
    const auto found = json.find(key);
    return found != json.end() && found->is_string()
               ? QString::fromStdString(found->get<std::string>())
               : QString();
  };
  TemplateFile result{path, shelf, word("title"), word("description")};
  if (result.title.isEmpty()) result.title = QFileInfo(path).completeBaseName();
  return result;
}

}  // namespace

QString scenarioFolder() {
  const QString program = QCoreApplication::applicationDirPath();
  QStringList places{program + "/../share/faultline/scenarios", program + "/../../../scenarios",
                     program + "/../../../../scenarios"};
  for (const QString& folder :
       QStandardPaths::standardLocations(QStandardPaths::GenericDataLocation)) {
    places << folder + "/faultline/scenarios";
  }
  for (const QString& place : places) {
    if (QFileInfo::exists(place + "/library/three_tier.json")) return QDir(place).canonicalPath();
  }
  return {};
}

std::vector<TemplateFile> templateFiles(const QString& folder) {
  std::vector<TemplateFile> files;
  if (folder.isEmpty()) return files;
  for (const auto& [shelf, sub] :
       {std::pair("library", "library"), std::pair("incidents", "incidents"),
        std::pair("basics", "basics"), std::pair("cap", "library/cap")}) {
    const QDir dir(folder + '/' + sub);
    for (const QString& name : dir.entryList({"*.json"}, QDir::Files, QDir::Name)) {
      if (auto read = readTemplate(dir.filePath(name), QString::fromLatin1(shelf))) {
        // What everybody begins with stands first.
        if (name == QLatin1String("three_tier.json")) {
          files.insert(files.begin(), std::move(*read));
        } else {
          files.push_back(std::move(*read));
        }
      }
    }
  }
  return files;
}

namespace {

/// The Russian of what stands in the shipped scenarios, by the English text: a text that was
/// changed there has none until somebody has looked at it again.
QString inLanguage(const QString& text) {
  if (!LanguageChoice::instance().isRussian()) return text;
  static const QJsonObject russian = [] {
    QFile file(QStringLiteral(":/i18n/scenarios_ru.json"));
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object()
                                          : QJsonObject();
  }();
  return russian.value(text).toString(text);
}

}  // namespace

QString shownTitle(const TemplateFile& file) { return inLanguage(file.title); }

QString shownDescription(const TemplateFile& file) { return inLanguage(file.description); }

Gallery::Gallery(QWidget* parent) : QDialog(parent), files_(templateFiles()) {
  setObjectName(QStringLiteral("gallery"));
  resize(QSize(1160, 720).boundedTo(screen()->availableSize() - QSize(40, 60)));
  search_ = new QLineEdit(this);
  search_->setClearButtonEnabled(true);
  search_->addAction(themedIcon("search"), QLineEdit::LeadingPosition);
  shelves_ = new QListWidget(this);
  shelves_->setMaximumWidth(190);
  shelves_->setMinimumWidth(150);
  model_ = new QStandardItemModel(this);
  auto* filter = new CardFilter(this);
  proxy_ = filter;
  proxy_->setSourceModel(model_);
  view_ = new QListView(this);
  view_->setObjectName(QStringLiteral("cards"));
  view_->setModel(proxy_);
  view_->setViewMode(QListView::IconMode);
  view_->setResizeMode(QListView::Adjust);
  view_->setMovement(QListView::Static);
  view_->setUniformItemSizes(true);
  view_->setMouseTracking(true);
  view_->setItemDelegate(new CardDelegate(view_));
  view_->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
  use_ = new QPushButton(this);
  use_->setDefault(true);
  empty_ = new QPushButton(this);
  other_ = new QPushButton(this);
  cancel_ = new QPushButton(this);

  auto* left = new QVBoxLayout;
  left->addWidget(search_);
  left->addWidget(shelves_, 1);
  auto* middle = new QHBoxLayout;
  middle->addLayout(left);
  middle->addWidget(view_, 1);
  auto* buttons = new QHBoxLayout;
  buttons->addWidget(empty_);
  buttons->addWidget(other_);
  buttons->addStretch(1);
  buttons->addWidget(cancel_);
  buttons->addWidget(use_);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(16, 16, 16, 14);
  layout->addLayout(middle, 1);
  layout->addLayout(buttons);

  connect(search_, &QLineEdit::textChanged, this, [this, filter](const QString& text) {
    filter->setWords(text);
    if (proxy_->rowCount() > 0) view_->setCurrentIndex(proxy_->index(0, 0));
  });
  connect(shelves_, &QListWidget::currentRowChanged, this, [this, filter](int row) {
    filter->setShelf(row < 0 ? QString() : shelves_->item(row)->data(Qt::UserRole).toString());
    if (proxy_->rowCount() > 0) view_->setCurrentIndex(proxy_->index(0, 0));
  });
  connect(view_, &QListView::activated, this, &Gallery::take);
  connect(view_, &QListView::doubleClicked, this, &Gallery::take);
  connect(view_->selectionModel(), &QItemSelectionModel::currentChanged, this,
          [this](const QModelIndex& index) { use_->setEnabled(index.isValid()); });
  connect(use_, &QPushButton::clicked, this, &Gallery::take);
  connect(empty_, &QPushButton::clicked, this, [this] {
    chosen_.clear();
    accept();
  });
  connect(other_, &QPushButton::clicked, this, [this] {
    reject();
    Q_EMIT openOther();
  });
  connect(cancel_, &QPushButton::clicked, this, &QDialog::reject);
  connect(&Theme::instance(), &Theme::changed, this, &Gallery::fill);
  view_->installEventFilter(this);
  search_->installEventFilter(this);
  retranslate();
  view_->setCurrentIndex(proxy_->index(0, 0));
  view_->setFocus();
}

int Gallery::shownCount() const { return proxy_->rowCount(); }

void Gallery::changeEvent(QEvent* event) {
  if (event->type() == QEvent::LanguageChange) retranslate();
  QDialog::changeEvent(event);
}

bool Gallery::eventFilter(QObject* watched, QEvent* event) {
  if (event->type() != QEvent::KeyPress) return QDialog::eventFilter(watched, event);
  auto* key = static_cast<QKeyEvent*>(event);
  // Whoever types among the cards searches; from the search, down leads to what was found.
  const bool letters = !key->text().isEmpty() && key->text()[0].isPrint() &&
                       (key->modifiers() & ~Qt::ShiftModifier) == 0;
  if (watched == view_ && letters && !key->text()[0].isSpace()) {
    search_->setFocus();
    search_->deselect();
    search_->end(false);
    QCoreApplication::sendEvent(search_, event);
    return true;
  }
  if (watched == search_ && key->key() == Qt::Key_Down) {
    view_->setFocus();
    return true;
  }
  return QDialog::eventFilter(watched, event);
}

void Gallery::showEvent(QShowEvent* event) {
  QDialog::showEvent(event);
  QTimer::singleShot(0, this, &Gallery::drawNext);
}

void Gallery::retranslate() {
  setWindowTitle(tr("New from template"));
  search_->setPlaceholderText(tr("Search"));
  search_->setAccessibleName(tr("Search the templates"));
  shelves_->setAccessibleName(tr("Shelves"));
  view_->setAccessibleName(tr("Templates"));
  use_->setText(tr("&Use this one"));
  empty_->setText(tr("&Empty design"));
  other_->setText(tr("&Open a file…"));
  cancel_->setText(tr("Cancel"));
  const int row = std::max(0, shelves_->currentRow());
  const QSignalBlocker quiet(shelves_);
  shelves_->clear();
  const auto shelf = [&](const QString& text, const char* name) {
    const auto count = std::count_if(files_.begin(), files_.end(), [&](const TemplateFile& file) {
      return !*name || file.shelf == QLatin1String(name);
    });
    auto* item = new QListWidgetItem(QStringLiteral("%1  (%2)").arg(text).arg(count), shelves_);
    item->setData(Qt::UserRole, QString::fromLatin1(name));
  };
  shelf(tr("All"), "");
  shelf(tr("Systems"), "library");
  shelf(tr("Incidents"), "incidents");
  shelf(tr("Basics"), "basics");
  shelf(tr("CAP, measured"), "cap");
  shelves_->setCurrentRow(row);
  fill();
}

void Gallery::fill() {
  const QString current = view_->currentIndex().data(path_role).toString();
  model_->clear();
  for (const TemplateFile& file : files_) {
    auto* item = new QStandardItem(shownTitle(file));
    item->setEditable(false);
    const QString description = shownDescription(file);
    item->setData(file.path, path_role);
    item->setData(file.shelf, shelf_role);
    item->setData(description, description_role);
    item->setData((item->text() + ' ' + description + ' ' + file.title + ' ' + file.description +
                   ' ' + QFileInfo(file.path).completeBaseName())
                      .toLower(),
                  search_role);
    item->setToolTip(description);
    item->setData(item->text() + QStringLiteral(". ") + description, Qt::AccessibleTextRole);
    model_->appendRow(item);
  }
  for (int row = 0; row < proxy_->rowCount(); ++row) {
    if (proxy_->index(row, 0).data(path_role) == current) {
      view_->setCurrentIndex(proxy_->index(row, 0));
    }
  }
  drawn_ = 0;
  if (isVisible()) QTimer::singleShot(0, this, &Gallery::drawNext);
}

void Gallery::drawNext() {
  if (!isVisible() || drawn_ >= model_->rowCount()) return;
  QStandardItem* item = model_->item(drawn_++);
  QFile file(item->data(path_role).toString());
  if (item->data(picture_role).isNull() && file.open(QIODevice::ReadOnly)) {
    Document document;
    document.createFrom(file.readAll());
    TopologyImageOptions options;
    options.devicePixelRatio = devicePixelRatioF();
    options.margin = 12;
    options.scale_max = 0.8;
    item->setData(renderTopology(document.design(), picture_size, options), picture_role);
  }
  QTimer::singleShot(0, this, &Gallery::drawNext);
}

void Gallery::take() {
  if (!view_->currentIndex().isValid()) return;
  chosen_ = view_->currentIndex().data(path_role).toString();
  accept();
}

}  // namespace faultline::gui
