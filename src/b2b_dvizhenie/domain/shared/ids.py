"""Ids are UUIDv7 in NewTypes: sortable by time, safe to mix with data of other nodes, typed apart for mypy."""

import os
import time
from typing import NewType
from uuid import UUID

UserId = NewType("UserId", UUID)
RoleId = NewType("RoleId", UUID)
CompanyId = NewType("CompanyId", UUID)
FirmId = NewType("FirmId", UUID)
SegmentId = NewType("SegmentId", UUID)
AgreementId = NewType("AgreementId", UUID)
SectionId = NewType("SectionId", UUID)
BrandId = NewType("BrandId", UUID)
ProductId = NewType("ProductId", UUID)
VariantId = NewType("VariantId", UUID)
WarehouseId = NewType("WarehouseId", UUID)
PriceTypeId = NewType("PriceTypeId", UUID)
PaymentMethodId = NewType("PaymentMethodId", UUID)
OrderId = NewType("OrderId", UUID)
SpecificationId = NewType("SpecificationId", UUID)
DocumentId = NewType("DocumentId", UUID)
NodeId = NewType("NodeId", UUID)
JobId = NewType("JobId", UUID)

_VERSION_AND_VARIANT = (0x7 << 76) | (0b10 << 62)


def new_id() -> UUID:
    """A new UUIDv7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    milliseconds = time.time_ns() // 1_000_000
    random = int.from_bytes(os.urandom(10), "big")
    high = (random >> 62) & 0xFFF
    low = random & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=(milliseconds << 80) | (high << 64) | low | _VERSION_AND_VARIANT)
