namespace Conversations.Tests.HelperLibraries;

public sealed class NeedsPythonAttribute() : TheoryNeedsAttribute(PythonLibrary.Unavailable);
