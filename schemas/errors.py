"""The one error tree of the platform. Every error names the object, the reason and the remedy.

NarrativeError
├── ContractError        a document that does not fit its contract            permanent
├── InputError           a file, folder or argument that cannot be used       permanent
├── CanonConflict        claims that contradict canon                         permanent
│   ├── UnknownEntity    a change that names somebody canon does not know     permanent
│   ├── KinshipCycle     a change that makes somebody their own ancestor      permanent
│   └── SubjectNotYet    a fact dated before its subject exists               permanent
├── CanonMoved           canon changed since the diff was judged              permanent: judge again
├── WaiverRefused        a waiver without a reason, a name or a finding       permanent
├── OverrideRefused      a gate that is not to be overridden like this        permanent
├── ApprovalMismatch     a decision on other content than what is waiting     permanent
├── TenantRefused        one tenant's call for what is another's              permanent
├── SafetyBlocked        content that the project's rating does not allow     permanent
├── GateRefused          an episode that is not to be published as it is      permanent
├── StoryOrderError      canon does not stand where the episode needs it      permanent
│   └── StoryOrderPending an earlier episode is on its way                    permanent until it is settled
├── ApprovalPending      a checkpoint waits for a person                      permanent until decided
├── ApprovalRejected     a person has decided against it                      permanent
├── TimingLockError      a stage was given another timing than the lock       permanent
├── RightsError          an asset whose licence does not allow the use        permanent
├── IntegrityError       stored bytes differ from their hash                  permanent
├── MediaError           ffmpeg, the voice or a picture failed                permanent or transient
├── ModelError           a model could not do what it was asked               permanent
│   ├── ModelRefused     a model file that is not to be loaded                permanent
│   └── ModelUnavailable a model or its server that does not answer           transient
└── StorageError         a disk or database refused                           transient
"""

from __future__ import annotations


class NarrativeError(Exception):
    """Root of all errors that a person may see.

    ``message`` says what and where, ``remedy`` what to do about it.
    """

    transient = False
    exit_code = 1

    def __init__(self, message: str, *, remedy: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()


class ContractError(NarrativeError):
    exit_code = 3


class InputError(NarrativeError):
    exit_code = 3


class CanonConflict(NarrativeError):
    exit_code = 4


class UnknownEntity(CanonConflict):
    pass


class KinshipCycle(CanonConflict):
    pass


class SubjectNotYet(CanonConflict):
    pass


class CanonMoved(NarrativeError):
    exit_code = 13


class WaiverRefused(InputError):
    pass


class OverrideRefused(InputError):
    pass


class ApprovalMismatch(InputError):
    pass


class TenantRefused(NarrativeError):
    exit_code = 14


class SafetyBlocked(NarrativeError):
    exit_code = 15


class GateRefused(NarrativeError):
    exit_code = 16


class StoryOrderError(NarrativeError):
    exit_code = 5


class StoryOrderPending(StoryOrderError):
    pass


class ApprovalPending(NarrativeError):
    """``asked`` holds the content hashes that are to be decided on at the ``checkpoint``."""

    exit_code = 6

    def __init__(self, message: str, *, remedy: str = "", checkpoint: str = "", asked: tuple[str, ...] = ()) -> None:
        super().__init__(message, remedy=remedy)
        self.checkpoint = checkpoint
        self.asked = asked


class ApprovalRejected(NarrativeError):
    exit_code = 17


class TimingLockError(NarrativeError):
    exit_code = 7


class RightsError(NarrativeError):
    exit_code = 8


class IntegrityError(NarrativeError):
    exit_code = 9


class MediaError(NarrativeError):
    exit_code = 10


class StorageError(NarrativeError):
    transient = True
    exit_code = 11


class ModelError(NarrativeError):
    exit_code = 18


class ModelRefused(ModelError):
    pass


class ModelUnavailable(ModelError):
    transient = True
