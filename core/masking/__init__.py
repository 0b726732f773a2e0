"""Record → MaskedRecord by the use case's column policies, and back for eyes that may see."""

from core.masking.follow_up import mask_question
from core.masking.masked_record import MaskedRecord, Tokens
from core.masking.masker import mask
from core.masking.unmasking import Unmasker, may_unmask, unmask, unmask_record

__all__ = ["MaskedRecord", "Tokens", "Unmasker", "mask", "mask_question", "may_unmask", "unmask", "unmask_record"]
