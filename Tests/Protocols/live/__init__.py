"""What tests of protocols have at hand besides what all live tests have (`Tests/Kernel/harness`)."""
