#include "gui/timeline/fault_list.hpp"

#include <QComboBox>
#include <QMimeData>
#include <QSignalBlocker>
#include <QVBoxLayout>

#include "gui/canvas/fault_offers.hpp"
#include "gui/document/document.hpp"
#include "gui/timeline/timeline_view.hpp"

namespace faultline::gui {
namespace {

constexpr int fault_role = Qt::UserRole;

/// Hands out the text of the fault that is dragged.
class OfferList final : public QListWidget {
 public:
  explicit OfferList(QWidget* parent) : QListWidget(parent) {
    setDragEnabled(true);
    setDragDropMode(QAbstractItemView::DragOnly);
  }

 protected:
  QStringList mimeTypes() const override { return {TimelineView::fault_mime}; }
  QMimeData* mimeData(const QList<QListWidgetItem*>& items) const override {
    auto* data = new QMimeData;
    if (!items.isEmpty()) {
      const QString fault = items.first()->data(fault_role).toString();
      data->setData(TimelineView::fault_mime, fault.toUtf8());
      data->setText(fault);
    }
    return data;
  }
};

}  // namespace

FaultList::FaultList(Document& document, QWidget* parent) : QWidget(parent), document_(document) {
  targets_ = new QComboBox(this);
  targets_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
  targets_->setMinimumContentsLength(8);
  list_ = new OfferList(this);
  list_->setFrameShape(QFrame::NoFrame);
  auto* layout = new QVBoxLayout(this);
  layout->setContentsMargins(4, 2, 4, 2);
  layout->setSpacing(2);
  layout->addWidget(targets_);
  layout->addWidget(list_, 1);
  connect(targets_, &QComboBox::activated, this, &FaultList::fillFaults);
  connect(list_, &QListWidget::itemActivated, this,
          [this](QListWidgetItem* item) { Q_EMIT activated(item->data(fault_role).toString()); });
  connect(&document_, &Document::designChanged, this, [this] {
    if (isVisible()) refresh();
  });
}

QString FaultList::target() const { return targets_->currentData().toString(); }

void FaultList::setTarget(const QString& node) {
  const int index = targets_->findData("node:" + node);
  if (index < 0 || index == targets_->currentIndex()) return;
  targets_->setCurrentIndex(index);
  fillFaults();
}

void FaultList::refresh() {
  const QString before = target();
  {
    const QSignalBlocker quiet(targets_);
    targets_->clear();
    for (const DesignNode& node : document_.design().nodes) {
      targets_->addItem(node.name, "node:" + node.name);
    }
    for (const DesignZone& zone : document_.design().zones) {
      targets_->addItem(tr("zone %1").arg(zone.name), "zone:" + zone.name);
    }
    targets_->setCurrentIndex(std::max(0, targets_->findData(before)));
  }
  targets_->setAccessibleName(tr("Whom the fault strikes"));
  targets_->setToolTip(tr("Whom the fault strikes"));
  list_->setAccessibleName(tr("Faults to drag onto the timeline"));
  fillFaults();
}

void FaultList::fillFaults() {
  list_->clear();
  const QString target = this->target();
  if (target.isEmpty()) return;
  const FaultAdvisor advisor(document_.spec());
  const auto offers =
      target.startsWith("zone:") ? advisor.forZone(target.mid(5)) : advisor.forNode(target.mid(5));
  for (const FaultOffer& offer : offers) {
    auto* item = new QListWidgetItem(offer.title, list_);
    item->setData(fault_role, offer.fault);
    item->setToolTip(offer.fault + "\n" + offer.help);
  }
}

}  // namespace faultline::gui
