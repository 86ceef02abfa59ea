using Conversations.Api.Accounts;

namespace Conversations.Api.OpenApi;

/// <summary>A resource that shows in the OpenAPI document what an answer looks like.</summary>
public interface IHasExamples<TSelf>
    where TSelf : IHasExamples<TSelf>
{
    /// <summary>
    /// Made of stored rows, as answers are, so that they change with them. A list shows all of them, any other answer the first.
    /// </summary>
    static abstract IReadOnlyList<TSelf> Examples(RequestScope scope);
}
