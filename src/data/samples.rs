//! The data sets that the project makes itself.
