using Conversations.Tests.HelperLibraries;

namespace Conversations.Tests.Docs;

/// <summary>A fact that runs commands in sh and in Node.js.</summary>
public sealed class NeedsShellAndNodeAttribute()
    : NeedsAttribute(NeedsShellAttribute.Missing ?? NodeLibrary.Unavailable);
