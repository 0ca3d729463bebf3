"""What tests of merging have at hand besides what all live tests have (`Tests/Kernel/harness`)."""
