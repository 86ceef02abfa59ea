namespace Conversations.Api.Wire;

/// <summary>Which page of the list this is, and the URLs of the other pages: null when there is none.</summary>
// Every member is always present: the libraries for C# and Java fail without one.
public sealed record PageMeta(
    int Page,
    int PageSize,
    string FirstPageUrl,
    string? PreviousPageUrl,
    string Url,
    string? NextPageUrl,
    string Key
);
