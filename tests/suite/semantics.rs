//! What charters mean: every rule of evaluation as a case.
