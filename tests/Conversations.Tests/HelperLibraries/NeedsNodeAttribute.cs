namespace Conversations.Tests.HelperLibraries;

public sealed class NeedsNodeAttribute() : TheoryNeedsAttribute(NodeLibrary.Unavailable);
