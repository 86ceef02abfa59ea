namespace Conversations.Api.Wire;

/// <summary>What a <see cref="Limit{T, TProperty}"/> counts.</summary>
public enum LimitKind
{
    /// <summary>UTF-16 code units of a text, as .NET, Java and JavaScript count.</summary>
    Characters,

    /// <summary>Bytes of a text in UTF-8.</summary>
    Bytes,

    /// <summary>Items of a list. Empty ones do not count.</summary>
    Items,

    /// <summary>UTF-16 code units of the longest item of a list.</summary>
    ItemCharacters,
}
