//! aistudio
