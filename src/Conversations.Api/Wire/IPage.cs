namespace Conversations.Api.Wire;

/// <summary>The answer of a list: one page of resources, of any size.</summary>
public interface IPage
{
    PageMeta Meta { get; }
}
